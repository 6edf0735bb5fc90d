"""What the invented units did about their results: the improving one acted, the slow one is late."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from uuid import UUID, uuid5

import structlog
from sqlmodel import Session

from app.audit.service import Actor
from app.core.db import Database
from app.core.late import Late
from app.files.service import MEGABYTE, Kept, keep
from app.files.storage import Storage, StorageUnavailable
from app.followups import queries, service
from app.followups.clock import quarter_of
from app.followups.elements import element_keys
from app.followups.rules import Frame
from app.ikm.periods import Period, previous, sequence
from app.instruments.catalog import Catalog
from app.units.queries import unit_by_code
from app.units.tables import Unit

ACTOR = Actor("command", None, "eskm demo")
NAMES = UUID("6f1d5d0c-2f0a-5c1e-9a41-3d7b1f0c55aa")
REPORT_AFTER = timedelta(days=12)
log = structlog.get_logger(__name__)
_typst = Late("typst")


@dataclass(frozen=True, slots=True)
class Deed:
    """A follow-up of the survey `back` quarters ago; `done` in days after its report, `due` in quarters from it."""

    back: int
    element: str
    recommendation: str
    action: str
    owner: str
    due: int = 1
    done: int | None = None
    outcome: str = ""
    progress: int = 0
    obstacles: str = ""
    reason: str = ""
    public_text: str = ""
    forum: bool = False


STORY: dict[str, tuple[Deed, ...]] = {
    "dpmptsp": (
        Deed(
            4,
            "prosedur",
            "Pemohon tidak perlu bolak-balik antarloket untuk satu izin.",
            "Satu lembar alur yang sama di semua loket dan di situs",
            "Kepala Seksi Informasi",
            done=24,
            outcome="Lembar alur dicetak, dipasang di empat loket, dan dimuat di situs dinas.",
            public_text="Anda meminta alur yang jelas: kini satu lembar alur yang sama ada di semua loket.",
        ),
        Deed(
            4,
            "waktu",
            "Verifikasi berkas tidak lebih dari satu hari kerja.",
            "Loket verifikasi kedua pada Senin dan Kamis",
            "Kepala Bidang Perizinan",
            done=61,
            outcome="Loket kedua dibuka pada dua hari tersibuk; antrean pagi terbagi dua.",
            public_text="Antrean Senin dan Kamis kini dilayani dua loket verifikasi.",
        ),
        Deed(
            1,
            "pengaduan",
            "Setiap pengaduan dijawab dan statusnya dapat diikuti.",
            "Jawab setiap pengaduan dalam 5 hari kerja, status tampil di ruang tunggu",
            "Sekretaris Dinas",
            progress=60,
            obstacles="Layar status belum terpasang.",
        ),
        Deed(
            1,
            "sarana",
            "Ruang tunggu cukup pada jam sibuk.",
            "Tambah 24 kursi di ruang tunggu",
            "Kepala Subbagian Umum",
            due=2,
        ),
    ),
    "disdukcapil": (
        Deed(
            3,
            "waktu",
            "Waktu tunggu KTP-el tidak lebih dari satu jam.",
            "Antrean daring dengan jam kedatangan",
            "Kepala Bidang Pelayanan Pendaftaran Penduduk",
            progress=40,
            obstacles="Pengadaan server antrean belum selesai.",
        ),
        Deed(
            2,
            "waktu",
            "Pencetakan tidak berhenti pada jam istirahat.",
            "Petugas cetak bergiliran pada pukul 12.00 sampai 13.00",
            "Kepala Seksi Identitas Penduduk",
        ),
        Deed(
            3,
            "prosedur",
            "Syarat dapat diperiksa sebelum datang.",
            "Daftar periksa syarat di situs dan di papan depan",
            "Kepala Seksi Inovasi Pelayanan",
            done=130,
            outcome="Daftar periksa terpasang di papan depan dan di situs.",
        ),
    ),
    "rsud": (
        Deed(
            2,
            "biaya",
            "Pasien mengetahui biaya sebelum tindakan.",
            "Papan dan lembar tarif di pendaftaran, kasir, dan farmasi",
            "Kepala Bagian Keuangan",
            done=40,
            outcome="Tarif terpampang di tiga tempat dan dijelaskan saat pendaftaran.",
            public_text="Tarif kini terpampang di pendaftaran, kasir, dan farmasi.",
        ),
        Deed(
            2,
            "waktu",
            "Pengambilan obat lebih cepat.",
            "Loket obat racikan terpisah",
            "Kepala Instalasi Farmasi",
            reason="Ruang farmasi direnovasi tahun depan; digabung dengan rencana itu.",
        ),
    ),
    "kecamatan-selatan": (
        Deed(
            2,
            "sarana",
            "Kursi tunggu dan jalur kursi roda diperbaiki.",
            "Perbaikan ruang tunggu dan jalur landai pintu depan",
            "Kepala Seksi Pelayanan Umum",
            due=2,
            progress=25,
            obstacles="Menunggu perubahan anggaran.",
            forum=True,
        ),
        Deed(
            2,
            "pengaduan",
            "Warga tahu ke mana mengadu dan menerima jawaban.",
            "Buku pengaduan dengan tanda terima dan jawaban tertulis",
            "Sekretaris Kecamatan",
            done=26,
            outcome="Setiap pengaduan diberi tanda terima; jawaban ditempel mingguan.",
            public_text="Pengaduan Anda kini diberi tanda terima dan dijawab setiap minggu.",
            forum=True,
        ),
    ),
}


def follow_up_story(database: Database, catalog: Catalog, storage: Storage, until: date) -> int:
    """Tell the story on the quarters before `until`; how many follow-ups that made. A second time makes none."""
    made = 0
    for code, deeds in STORY.items():
        with database.read() as session:
            unit = unit_by_code(session, code)
            if unit is None or queries.of_unit(session, [unit.id or 0]):
                continue
        stage, quarters = _Stage(database, catalog, storage, code, until), _quarters(until)
        for number, deed in enumerate(deeds):
            _tell(stage, number, deed, quarters[deed.back - 1])
            made += 1
    return made


def _quarters(until: date) -> list[Period]:
    """The last whole quarters that ended by `until`, newest first."""
    after = until + timedelta(days=1)
    period = previous(sequence("quarter", after, after)[0])
    found = [period]
    while len(found) < 4:
        period = previous(period)
        found.append(period)
    return found


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where a part of the story takes place."""

    database: Database
    catalog: Catalog
    storage: Storage
    code: str
    until: date


def _tell(stage: _Stage, number: int, deed: Deed, period: Period) -> None:
    """Plan it when the report is issued; finish or advance it later, unless that day has not come yet."""
    issued = min(period.end + REPORT_AFTER, stage.until)
    finished = None if deed.done is None else issued + timedelta(days=deed.done)
    later = finished or min(issued + timedelta(days=30), stage.until)
    with stage.database.write() as session:
        row_id = _plan(session, stage, number, deed, period, issued)
    if later > stage.until:
        return
    values, kept = _later(deed, finished), _evidence(stage, deed) if finished else None
    with stage.database.write() as session:
        unit, at = _unit(session, stage.code), _noon(later)
        if kept is not None:
            service.attach(session, ACTOR, unit, row_id, kept, at)
        version = queries.one(session, unit.id or 0, row_id).version
        if values:
            service.change(session, ACTOR, unit, row_id, version, values, _frame(session, stage), at)
        if kept is not None and deed.public_text:
            service.show_evidence(session, ACTOR, unit, row_id, {kept.id}, at)


def _plan(session: Session, stage: _Stage, number: int, deed: Deed, period: Period, issued: date) -> UUID:
    unit, at = _unit(session, stage.code), _noon(issued)
    unit_id = unit.id or 0
    if queries.report_of(session, unit_id, period.code) is None:
        report = {"period": period.code, "issued_on": issued.isoformat(), "number": f"{number + 1:03}/SKM"}
        service.issue_report(session, ACTOR, unit, report, at)
    forum = _forum(session, unit, issued, at) if deed.forum else None
    year, quarter = quarter_of(issued)
    due = year * 4 + quarter - 2 + deed.due
    values = {
        "period": period.code,
        "element": deed.element,
        "source": "forum" if forum else "survey",
        "forum": forum,
        "recommendation": deed.recommendation,
        "action": deed.action,
        "due": f"{due // 4}-Q{due % 4 + 1}",
        "owner": deed.owner,
    }
    row_id = uuid5(NAMES, f"{stage.code} {period.code} {number}")
    service.create(session, ACTOR, unit, values, _frame(session, stage), at, row_id)
    return row_id


def _later(deed: Deed, finished: date | None) -> dict[str, object]:
    """What became of it."""
    if finished is not None:
        values = {"state": "done", "done_on": finished.isoformat(), "outcome": deed.outcome}
        public = {"published": True, "public_text": deed.public_text} if deed.public_text else {}
        return values | public
    if deed.reason:
        return {"state": "cancelled", "reason": deed.reason}
    return {"progress": deed.progress, "obstacles": deed.obstacles} if deed.progress else {}


def _forum(session: Session, unit: Unit, issued: date, at: datetime) -> UUID:
    known = queries.forums(session, unit.id or 0)
    if known:
        return known[0].id
    held = {"held_on": issued.isoformat(), "number": "005/FKP", "participants": 34}
    return service.add_forum(session, ACTOR, unit, held, at).id


def _evidence(stage: _Stage, deed: Deed) -> Kept | None:
    """A page that says what it is: invented. None where no file can be stored; the story goes on without."""
    with stage.database.read() as session:
        unit = _unit(session, stage.code)
        unit_id, name = unit.id or 0, unit.name
    page = f'#set page(paper: "a5")\n= Bukti peragaan\n{name}\n\n{deed.action}\n\n{deed.outcome}'
    content = _typst.compile(page.encode())
    try:
        return keep(stage.storage, unit_id, BytesIO(content), f"bukti-{deed.element}.pdf", MEGABYTE)
    except StorageUnavailable as error:
        log.warning("demo.evidence_left_out", error=error.code)
        return None


def _frame(session: Session, stage: _Stage) -> Frame:
    unit = _unit(session, stage.code)
    return service.frame_of(session, unit, element_keys(stage.catalog), _noon(stage.until))


def _unit(session: Session, code: str) -> Unit:
    found = unit_by_code(session, code)
    if found is None:
        raise LookupError(code)
    return found


def _noon(day: date) -> datetime:
    """Late morning in all of Indonesia."""
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
