"""Reasons of proposals in words, and where what is missing is added."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from app.aggregation.period_picker import period_name
from app.core.messages import translate
from app.ikm.periods import parse
from app.ikm.rounding import round_half_up
from app.pekppp.scoring import Reason
from app.publication.dates import day_name
from app.publication.media_words import kinds
from app.web.chart_words import number

_PLACES: Mapping[Reason, str] = {
    Reason.NO_SURVEY: "rencana",
    Reason.OTHER_RULE: "rencana",
    Reason.NOT_NINE: "rencana",
    Reason.TOO_FEW: "rencana",
    Reason.TARGET_UNKNOWN: "rencana",
    Reason.NOT_PUBLISHED: "media",
    Reason.NOT_ON_PAPER: "media",
    Reason.NOT_ELECTRONICALLY: "media",
    Reason.MEDIA_INCOMPLETE: "media",
    Reason.NOT_FOLLOWED_UP: "tindak-lanjut",
    Reason.NO_PLAN: "tindak-lanjut",
    Reason.NO_EXECUTION_REPORT: "tindak-lanjut",
    Reason.NO_REPORT_DATE: "tindak-lanjut",
    Reason.UNFINISHED: "tindak-lanjut",
    Reason.YEAR_MISSING: "riwayat",
    Reason.NOT_QUARTERLY: "riwayat",
    Reason.NOT_ALL_ASKED: "rencana",
    Reason.MEDIA_WANTED: "media",
    Reason.SERVICES_LEFT: "tindak-lanjut",
    Reason.SERVICES_ASSUMED: "tindak-lanjut",
}

_MESSAGES: Mapping[Reason, str] = {
    Reason.NO_SURVEY: "Belum ada responden pada tahun ini.",
    Reason.SURVEYED: "{count} survei dengan seluruhnya {respondents} responden.",
    Reason.BY_RULE: "Dilaksanakan sesuai PermenPANRB 14/2017.",
    Reason.NOT_NINE: "Kuesioner periode {period} tidak memuat sembilan unsur.",
    Reason.OTHER_RULE: "Survei periode {period} tidak menurut PermenPANRB 14/2017.",
    Reason.TOO_FEW: "Periode {period}: {respondents} responden, targetnya {target}.",
    Reason.TARGET_UNKNOWN: "Periode {period} tanpa rencana: jumlah sampel tidak dapat dinilai.",
    Reason.NOT_PUBLISHED: "Belum ada media yang memuat metode, proses, dan hasil.",
    Reason.PUBLISHED: "Hasil dipublikasikan.",
    Reason.NOT_ON_PAPER: "Belum ada media nonelektronik yang tercatat, misalnya koran atau papan pengumuman.",
    Reason.ON_PAPER: "Dipublikasikan secara nonelektronik.",
    Reason.NOT_ELECTRONICALLY: "Belum ada media elektronik yang tercatat, misalnya situs web atau media sosial.",
    Reason.ELECTRONICALLY: "Dipublikasikan secara elektronik.",
    Reason.FOLLOWED_UP: "Hasil ditindaklanjuti.",
    Reason.NOT_FOLLOWED_UP: "Belum ada tindak lanjut yang selesai.",
    Reason.MEDIA: "{count} jenis media: {kinds}.",
    Reason.MEDIA_INCOMPLETE: "Belum memuat metode, proses, dan hasil sekaligus: {kinds}.",
    Reason.NO_PLAN: "Belum ada rencana tindak lanjut.",
    Reason.PLAN: "{done} dari {planned} tindakan selesai ({percent}%).",
    Reason.NO_EXECUTION_REPORT: "Laporan pelaksanaan belum lengkap: tindakan yang selesai belum semuanya berbukti.",
    Reason.NO_REPORT_DATE: "Tanggal terbit laporan atau tanggal selesai periode {period} belum dicatat.",
    Reason.UNFINISHED: "{count} tindakan belum selesai.",
    Reason.FINISHED: "Periode {period}: laporan terbit {from}, semua selesai {until}.",
    Reason.YEAR_MISSING: "Rencana tindak lanjut tahun {year} tidak ada.",
    Reason.TIMES: "{count} kali survei dalam setahun.",
    Reason.NOT_QUARTERLY: "Tercatat {count} kali survei; tiap tiga bulan berarti 4 kali.",
    Reason.NOT_ALL_ASKED: "Belum tercatat bahwa semua pengguna layanan ditanya.",
    Reason.ALL_ASKED: "Responden sebanyak seluruh pengguna layanan.",
    Reason.REFUSED_TOO: "Bukti bahwa pengguna yang permohonannya ditolak ikut ditanya.",
    Reason.DOCUMENTED: "Hasil SKM didokumentasikan.",
    Reason.MEDIA_WANTED: "Belum tercatat pada media: {kinds}.",
    Reason.SERVICES: "{done} dari {planned} jenis layanan ditindaklanjuti ({percent}%).",
    Reason.SERVICES_LEFT: "{count} jenis layanan belum ditindaklanjuti.",
    Reason.SERVICES_ASSUMED: "Tindak lanjut tercatat untuk unit, bukan per layanan: pastikan cakupannya.",
    Reason.NO_SERVICES: "Unit ini belum mempunyai jenis layanan.",
    Reason.BEFORE_REPORT: "Periode {period}: semua selesai {until}, sebelum laporan terbit {from}.",
}


def place(reason: Reason) -> str | None:
    """The page of the unit on which it is put right, as the last part of its address."""
    return _PLACES.get(reason)


def said(reason: Reason, numbers: Mapping[str, object], language: str) -> str:
    """A reason as a sentence."""
    params = _shown(numbers, language)
    if reason is Reason.UNFINISHED and "period" in numbers:
        return translate("{count} tindakan periode {period} belum selesai.", language, params)
    message = _MESSAGES[reason]
    return translate(message, language, params)


def unknown_instrument(language: str) -> str:
    """What is said about years whose instrument is not known here."""
    message = "Instrumen evaluasi sebelum 2017 tidak ada di sini: hanya bukti, tanpa usulan."
    return translate(message, language)


def not_yet(language: str) -> str:
    """In place of a level that cannot be told yet."""
    return translate("Belum dapat dinilai", language)


def percent_text(share: Fraction) -> Decimal:
    """A share in per cent with two decimals, half up."""
    return round_half_up(share, 2)


def _shown(numbers: Mapping[str, object], language: str) -> dict[str, object]:
    return {name: _value(name, value, language) for name, value in numbers.items()}


def _value(name: str, value: object, language: str) -> object:
    if name == "period" and isinstance(value, str):
        return period_name(parse(value), language)
    if name == "kinds" and isinstance(value, tuple):
        words = kinds(language)
        return ", ".join(words[one] for one in value)
    if isinstance(value, Fraction):
        return number(percent_text(value), language)
    if isinstance(value, date):
        return day_name(value, language)
    if isinstance(value, int) and name != "year":
        return number(value, language)
    return value
