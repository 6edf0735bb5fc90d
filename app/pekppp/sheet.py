"""Form F-01 as a sheet of paper, and as the first page of the evidence pack."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.pekppp import wording
from app.pekppp.contents import described
from app.pekppp.f01 import F01, MediumOut, ProposalOut
from app.pekppp.scoring import Role, Standing
from app.publication.dates import day_name
from app.publication.media_words import kinds
from app.reports import typesetting
from app.reports.posters import breakable
from app.web.chart_words import number

LANGUAGE = "id"
NO_INSTRUMENT = "Tanpa instrumen"
NOT_OVER = "Tahun yang dinilai belum selesai"
_SOURCES = {"published": "sudah terbit", "computed": "belum terbit", "imported": "diimpor"}


def pdf(
    form: F01, government: str, timezone: str, at: datetime, files: Sequence[tuple[str, int]] | None = None
) -> bytes:
    """The sheet; with `files` (name, bytes) the contents of the pack. Raises `PressBusy`."""
    numbers = {one.role: one.indicator for one in form.proposals}
    data = {
        "title": "Formulir F-01 PEKPPP: SKM" if files is None else "Bukti PEKPPP: daftar isi",
        "unit": form.unit_name,
        "year": str(form.year),
        "government": government,
        "made_on": day_name(at.astimezone(ZoneInfo(timezone)).date(), LANGUAGE),
        "instrument": f"{form.instrument.id}: {form.instrument.basis}" if form.instrument else NO_INSTRUMENT,
        "note": form.note or (form.instrument.remark if form.instrument else None),
        "rows": [{"number": one, "label": label, "value": value} for one, label, value in rows(form)],
        "media": [_medium(one) for one in form.fields.media],
        "proposals": [
            {
                "code": one.code,
                "name": one.name,
                "level": _level(one),
                "meaning": NOT_OVER if one.standing is Standing.NOT_YET else one.meaning,
                "weight": f"{one.weight:g}".replace(".", ","),
                "because": [reason.text for reason in one.because],
                "missing": [reason.text for reason in one.missing],
            }
            for one in form.proposals
        ],
        "supporting": [f"{one.code}: {one.text}" for one in form.supporting],
        "files": [_file(name, size, numbers) for name, size in files or ()],
    }
    return typesetting.pdf("f01", data, at)


def rows(form: F01) -> list[tuple[str, str, str]]:
    """Number, label and answer of each field, in Indonesian; media of 7a are a table of their own."""
    fields, words = form.fields, kinds(LANGUAGE)
    last, shown = fields.last, fields.media_kinds
    ikm = "–" if last is None else f"{_two(last.ikm)}, {last.period_name} ({_SOURCES[last.source]})"
    electronic = ", ".join(words[one] for one in shown.electronic) or "tidak ada"
    other = ", ".join(words[one] for one in shown.not_electronic) or "tidak ada"
    return [
        ("6a", "SKM dilaksanakan", _yes(fields.done)),
        ("6b", "Berapa kali dalam setahun", str(fields.times)),
        ("6c", "IKM periode terakhir", ikm),
        ("6d", "Sesuai PermenPANRB 14/2017", _yes(fields.by_rule)),
        ("6e", "Media publikasi", f"Elektronik: {electronic}. Nonelektronik: {other}."),
        ("6f", "Hasil ditindaklanjuti", _yes(fields.followed_up)),
        ("7a", "Jumlah media yang dicatat", str(len(fields.media))),
        ("8a", f"Rencana tindak lanjut tahun {form.year - 1} ada", _yes(fields.plan_exists)),
        (
            "8b",
            f"Realisasi tindak lanjut tahun {form.year - 1}",
            "–" if fields.realised is None else f"{_two(fields.realised)}%",
        ),
        ("8c", "Laporan pelaksanaan tindak lanjut ada", _yes(fields.plan_reported)),
        ("9a", "Semua rekomendasi dua tahun terakhir selesai", _yes(fields.all_followed_up)),
        (
            "9b",
            "Kecepatan tindak lanjut",
            "–" if fields.months is None else f"dalam {fields.months} bulan sejak laporan terbit",
        ),
    ]


def _file(name: str, size: int, numbers: Mapping[Role, int]) -> dict[str, str]:
    meaning, indicators = described(name, numbers)
    return {
        "name": breakable(name) or name,
        "meaning": meaning,
        "indicators": indicators,
        "size": size_text(size),
    }


def size_text(size: int) -> str:
    """Bytes as people read them."""
    return f"{number(-(-size // 1024), LANGUAGE)} KB"


def _level(one: ProposalOut) -> str:
    if one.standing is Standing.NOT_YET:
        return wording.not_yet(LANGUAGE).lower()
    return f"{one.level}, sementara" if one.standing is Standing.SO_FAR else str(one.level)


def _medium(one: MediumOut) -> dict[str, str]:
    notes = [one.address or "", "foto terlampir" if one.has_photo else ""]
    notes.append("" if one.counts else "belum dihitung: tidak memuat metode, proses, dan hasil")
    notes.append("halaman tidak dapat dibuka saat diperiksa" if one.reachable is False else "")
    return {
        "kind": kinds(LANGUAGE)[one.kind],
        "place": one.place,
        "shown_on": day_name(one.shown_on, LANGUAGE),
        "note": "; ".join(note for note in notes if note),
    }


def _yes(value: bool) -> str:
    return "Ya" if value else "Tidak"


def _two(value: float) -> str:
    return number(Decimal(str(value)).quantize(Decimal("0.01")), LANGUAGE)
