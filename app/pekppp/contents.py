"""What each file of the evidence pack is, and which indicators it serves; in Indonesian, as the sheet is."""

from collections.abc import Mapping

from app.aggregation.period_picker import period_name
from app.ikm.periods import parse
from app.pekppp.scoring import Role

LANGUAGE = "id"
REPORT, REPORT_END = "laporan-skm-", ".pdf"
_ALL = tuple(Role)
_SURVEY, _SHOWN, _DONE = (Role.SURVEY,), (Role.SURVEY, Role.PUBLICATION), (Role.FOLLOW_UP, Role.SPEED)
_PAST = (*_SURVEY, *_DONE)
# The beginning of a name, what such a file is, what it shows; the first that fits.
_KINDS = (
    ("f01.pdf", "Formulir F-01", _ALL),
    ("f01.json", "Formulir F-01 sebagai data", _ALL),
    ("tindak-lanjut.csv", "Rencana tindak lanjut dan pelaksanaannya", _DONE),
    ("bukti-tindak-lanjut/", "Bukti pelaksanaan tindak lanjut", _DONE),
    ("riwayat.csv", "Hasil dan rencana tindak lanjut yang diimpor", _PAST),
    ("dokumen-riwayat/", "Dokumen asal hasil yang diimpor", _PAST),
    ("media/media.csv", "Daftar media publikasi", _SHOWN),
    ("media/", "Foto media publikasi", _SHOWN),
    ("kuesioner-", "Kuesioner", _SURVEY),
    ("terbitan/", "Hasil terbit bertanda tangan", _SHOWN),
    ("poster-hasil/", "Poster hasil", _SHOWN),
    ("poster-qr.pdf", "Poster kode QR menuju survei", _SURVEY),
)


def described(name: str, numbers: Mapping[Role, int]) -> tuple[str, str]:
    """Meaning and indicators of a file by its name in the pack; empty for names that no pack holds.

    `numbers` are those of the year's instrument; without one no indicator is named.
    """
    if name.startswith(REPORT) and name.endswith(REPORT_END):
        code = name.removeprefix(REPORT).removesuffix(REPORT_END)
        return f"Laporan pelaksanaan SKM, {period_name(parse(code), LANGUAGE)}", _listed(_PAST, numbers)
    return next(
        ((text, _listed(roles, numbers)) for start, text, roles in _KINDS if name.startswith(start)), ("", "")
    )


def _listed(roles: tuple[Role, ...], numbers: Mapping[Role, int]) -> str:
    """Numbers of indicators; all four in a row as from and to."""
    found = [numbers[role] for role in roles if role in numbers]
    if len(found) == len(Role) and found == list(range(found[0], found[-1] + 1)):
        return f"{found[0]}–{found[-1]}"
    return ", ".join(map(str, found))
