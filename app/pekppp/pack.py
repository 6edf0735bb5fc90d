"""The evidence of a unit and year as one ZIP file, written piece by piece: nothing large is held in memory."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlmodel import Session

from app.aggregation.results import stored_id
from app.core.db import Database
from app.core.errors import NotFound
from app.exports.cells import BOM, DIALECTS, Value
from app.files.names import clean_name
from app.files.storage import Storage, key_of
from app.files.tables import StoredFile
from app.followups import queries as followups
from app.followups.tables import FollowUp
from app.ikm.periods import parse
from app.instruments.catalog import Catalog, UnknownInstrument
from app.pekppp import earlier, sheet
from app.pekppp.contents import REPORT, REPORT_END
from app.pekppp.f01 import F01
from app.pekppp.facts import COMPUTED, PUBLISHED, Facts, plan_year, surveys_of
from app.publication import queries as publications
from app.publication.media import Shown
from app.publication.media_words import kinds
from app.reports import laporan
from app.reports import queries as poster_queries
from app.reports.errors import NothingToPrint, TooManyPosters
from app.reports.logo import Logo
from app.reports.posters import posters_pdf
from app.reports.result_papers import poster_pdf
from app.reports.result_words import Printed
from app.reports.survey_facts import facts_of as report_facts
from app.units.tables import Unit

FORMAT = "eskm-pekppp-evidence/1"
MEMORY_BYTES = 1024 * 1024
CONTENTS, MANIFEST = "00-daftar-isi.pdf", "manifest.json"
# Pictures are packed already: to pack them again takes seconds and gains nothing.
PICTURES = (".jpg", ".jpeg", ".png", ".webp")
PLAN_HEADS = (
    "periode",
    "unsur",
    "rekomendasi",
    "tindakan",
    "tahun",
    "triwulan",
    "penanggung jawab",
    "keadaan",
    "kemajuan (%)",
    "selesai",
    "hasil",
    "kendala",
    "alasan batal",
    "bukti",
)
MEDIA_HEADS = (
    "terbitan",
    "jenis",
    "nama atau tempat",
    "tanggal",
    "alamat",
    "metode",
    "proses",
    "hasil",
    "diperiksa",
    "status",
    "alasan",
    "foto",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where evidence is taken from."""

    database: Database
    storage: Storage
    catalog: Catalog
    public_url: str
    logo: Logo | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Rows that were read: follow-ups of the years with their files, by the names that those get in the pack.

    `earlier` holds what was imported of those years; None where nothing was.
    """

    plan: bytes
    media: bytes
    earlier: bytes | None
    files: tuple[tuple[str, StoredFile], ...]
    publications: tuple[tuple[str, bytes], ...]
    questionnaires: tuple[tuple[str, bytes], ...]
    reports: tuple[str, ...]
    posters: poster_queries.Posters | None
    results: tuple[Printed, ...]


def read(session: Session, catalog: Catalog, facts: Facts) -> Evidence:
    """What the pack holds besides documents that are made, read in the state of `facts`."""
    unit, years = facts.unit, (facts.year, facts.year - 1, facts.year - 2)
    unit_id = stored_id(unit)
    rows = [one for one in followups.of_unit(session, [unit_id]) if plan_year(one.period) in years]
    files = followups.evidence(session, [unit_id], [one.id for one in rows])
    named: list[tuple[str, StoredFile]] = []
    names: dict[UUID, list[str]] = {}
    for row in rows:
        for one in files.get(row.id, []):
            name = _numbered("bukti-tindak-lanjut", len(named) + 1, one.file)
            named.append((name, one.file))
            names.setdefault(row.id, []).append(name)
    photos = {
        one.row.id: _numbered("media", place, one.photo)
        for place, one in enumerate(facts.media, 1)
        if one.photo is not None
    }
    named += [(photos[one.row.id], one.photo) for one in facts.media if one.photo is not None]
    before = earlier.earlier(session, unit_id, years)
    named += [
        (f"dokumen-riwayat/{code}-{place:03}-{clean_name(file.name, file.media_type)}", file)
        for place, (code, file) in enumerate(before.documents, 1)
    ]
    surveys = [one for year in years for one in surveys_of(session, catalog, unit, year)]
    held = [one for one in surveys if one.source in (PUBLISHED, COMPUTED) and one.facts.respondents]
    return Evidence(
        plan=_csv(PLAN_HEADS, (_plan_row(row, names.get(row.id, [])) for row in rows)),
        media=_csv(MEDIA_HEADS, (_media_row(one, photos.get(one.row.id)) for one in facts.media)),
        earlier=_csv(earlier.HEADS, before.lines) if before.lines else None,
        files=tuple(named),
        publications=tuple(_publications(session, unit_id, years)),
        questionnaires=tuple(_questionnaires(catalog, {one.instrument for one in held if one.instrument})),
        reports=tuple(sorted({one.facts.period for one in held}, key=lambda code: parse(code).start)),
        posters=_posters(session, unit),
        results=tuple(_results(session, unit, facts.year)),
    )


def write(
    place: Place, facts: Facts, form: F01, evidence: Evidence, government: str, now: datetime
) -> IO[bytes]:
    """The pack in a temporary file, rewound; it is gone when it is closed. Raises what its documents raise."""
    spool: IO[bytes] = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115  # the caller closes it
    try:
        _fill(_Pack(spool, now), place, facts, form, evidence, government, now)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return spool


class _Pack:
    """A ZIP file that remembers name, size and SHA-256 of what was put into it."""

    def __init__(self, target: IO[bytes], now: datetime) -> None:
        self._archive = ZipFile(target, "w", ZIP_DEFLATED)
        self._at = now.timetuple()[:6]
        self.entries: list[dict[str, str | int]] = []

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Put a file in, piece by piece."""
        digest, size = hashlib.sha256(), 0
        info = ZipInfo(name, self._at)
        info.compress_type = ZIP_STORED if name.lower().endswith(PICTURES) else ZIP_DEFLATED
        with self._archive.open(info, "w", force_zip64=True) as file:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                file.write(piece)
        self.entries.append({"name": name, "size": size, "sha256": digest.hexdigest()})

    def close(self) -> None:
        """Write the archive's directory."""
        self._archive.close()


def _fill(
    pack: _Pack, place: Place, facts: Facts, form: F01, evidence: Evidence, government: str, now: datetime
) -> None:
    zone = facts.unit.timezone
    pack.add("f01.json", [form.model_dump_json(by_alias=True, indent=2).encode()])
    pack.add("f01.pdf", [sheet.pdf(form, government, zone, now)])
    for code in evidence.reports:
        pack.add(f"{REPORT}{code}{REPORT_END}", [_report(place, facts.unit, code, now)])
    if evidence.earlier is not None:
        pack.add("riwayat.csv", [evidence.earlier])
    pack.add("tindak-lanjut.csv", [evidence.plan])
    pack.add("media/media.csv", [evidence.media])
    for name, content in (*evidence.questionnaires, *evidence.publications):
        pack.add(name, [content])
    for one in evidence.results:
        name = f"poster-hasil/{one.publication.number.replace('/', '-')}.pdf"
        pack.add(name, [poster_pdf(one, "a4", place.public_url, zone, place.logo)])
    if evidence.posters is not None:
        pack.add("poster-qr.pdf", [posters_pdf(evidence.posters, "a4", place.public_url, now, place.logo)])
    lost = [name for name, file in evidence.files if not _stored(pack, place.storage, name, file)]
    listed = [(str(one["name"]), int(one["size"])) for one in pack.entries]
    pack.add(CONTENTS, [sheet.pdf(form, government, zone, now, listed)])
    manifest = {
        "format": FORMAT,
        "unit": facts.unit.code,
        "year": facts.year,
        "made_at": now.isoformat(),
        "instrument": facts.instrument.id if facts.instrument else None,
        "files": pack.entries,
        "lost": lost,
    }
    pack.add(MANIFEST, [json.dumps(manifest, ensure_ascii=False, indent=2).encode()])
    pack.close()


def _stored(pack: _Pack, storage: Storage, name: str, file: StoredFile) -> bool:
    """A file of the storage as it was sent; one that is gone is said to be lost and stops nothing else."""
    try:
        pieces = storage.read(key_of(file.unit_id, file.id))
    except NotFound:
        return False
    pack.add(name, pieces)
    return True


def _report(place: Place, unit: Unit, code: str, now: datetime) -> bytes:
    with place.database.read() as session:
        found = report_facts(session, place.catalog, unit, parse(code), now)
        session.expunge_all()
    return laporan.pdf(found, place.public_url, place.logo)


def _publications(session: Session, unit_id: int, years: Iterable[int]) -> Iterator[tuple[str, bytes]]:
    for year in years:
        for one in publications.publications_of(session, unit_id, year):
            content = json.dumps(publications.signed(session, one.publication).file(), ensure_ascii=False)
            yield f"terbitan/{one.publication.number.replace('/', '-')}.json", content.encode()


def _questionnaires(catalog: Catalog, refs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for ref in sorted(refs):
        try:
            document = catalog.get(ref).to_document()
        except UnknownInstrument:
            continue
        content = json.dumps(document, ensure_ascii=False, indent=2)
        yield f"kuesioner-{ref.replace('@', '-')}.json", content.encode()


def _posters(session: Session, unit: Unit) -> poster_queries.Posters | None:
    try:
        return poster_queries.of_unit(session, unit)
    except (NothingToPrint, TooManyPosters):
        return None


def _results(session: Session, unit: Unit, year: int) -> Iterator[Printed]:
    """What counts of the year, to be printed as posters."""
    for one in publications.publications_of(session, stored_id(unit), year, current_only=True):
        row = publications.by_number(session, one.publication.number)
        if row is not None:
            yield Printed(row, unit.code, one.service.code if one.service else None, None)


def _plan_row(row: FollowUp, files: list[str]) -> Iterable[Value]:
    return (
        row.period,
        row.element,
        row.recommendation,
        row.action,
        row.due_year,
        row.due_quarter,
        row.owner,
        row.state,
        row.progress,
        row.done_on,
        row.outcome,
        row.obstacles,
        row.reason,
        " ".join(files),
    )


def _media_row(one: Shown, photo: str | None) -> Iterable[Value]:
    row = one.row
    return (
        row.number,
        kinds(sheet.LANGUAGE)[row.kind],
        row.place,
        row.shown_on,
        row.address,
        row.shows_method,
        row.shows_process,
        row.shows_result,
        row.checked_at,
        row.check_status,
        row.check_error,
        photo,
    )


def _csv(heads: tuple[str, ...], rows: Iterable[Iterable[Value]]) -> bytes:
    return BOM.encode() + DIALECTS["en"].lines([heads, *rows])


def _numbered(folder: str, place: int, file: StoredFile) -> str:
    """A name of our own making: the number keeps names apart, what was sent only comes last."""
    return f"{folder}/{place:03}-{clean_name(file.name, file.media_type)}"
