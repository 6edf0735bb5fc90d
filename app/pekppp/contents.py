"""What each file of the evidence pack is, and which indicators it serves; in Indonesian, as the sheet is."""

from app.aggregation.period_picker import period_name
from app.ikm.periods import parse

LANGUAGE = "id"
REPORT, REPORT_END = "laporan-skm-", ".pdf"
# The beginning of a name, what such a file is, the indicators; the first that fits.
_KINDS = (
    ("f01.pdf", "Formulir F-01", "6–9"),
    ("f01.json", "Formulir F-01 sebagai data", "6–9"),
    ("tindak-lanjut.csv", "Rencana tindak lanjut dan pelaksanaannya", "8, 9"),
    ("bukti-tindak-lanjut/", "Bukti pelaksanaan tindak lanjut", "8, 9"),
    ("media/media.csv", "Daftar media publikasi", "6, 7"),
    ("media/", "Foto media publikasi", "6, 7"),
    ("kuesioner-", "Kuesioner", "6"),
    ("terbitan/", "Hasil terbit bertanda tangan", "6, 7"),
    ("poster-hasil/", "Poster hasil", "6, 7"),
    ("poster-qr.pdf", "Poster kode QR menuju survei", "6"),
)


def described(name: str) -> tuple[str, str]:
    """Meaning and indicators of a file by its name in the pack; empty for names that no pack holds."""
    if name.startswith(REPORT) and name.endswith(REPORT_END):
        code = name.removeprefix(REPORT).removesuffix(REPORT_END)
        return f"Laporan pelaksanaan SKM, {period_name(parse(code), LANGUAGE)}", "6, 8, 9"
    return next(((text, numbers) for start, text, numbers in _KINDS if name.startswith(start)), ("", ""))
