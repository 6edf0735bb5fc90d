"""Media in words: classes, and what a look at an address found."""

from app.core.messages import translate
from app.publication.media import REFUSED, Shown
from app.publication.tables import APPLICATION, BILLBOARD, ELECTRONIC, PRINT, SOCIAL, WEBSITE


def kinds(language: str) -> dict[str, str]:
    """The classes of PEKPPP indicator 7, in the instrument's order."""
    return {
        PRINT: translate("Media cetak", language),
        ELECTRONIC: translate("Media elektronik", language),
        SOCIAL: translate("Media sosial", language),
        WEBSITE: translate("Situs web", language),
        APPLICATION: translate("Aplikasi yang dapat diunduh", language),
        BILLBOARD: translate("Baliho atau papan pengumuman", language),
    }


def found(shown: Shown, language: str) -> str:
    """What the last look at the address found."""
    row = shown.row
    if row.address is None:
        return translate("Tanpa alamat; buktinya foto", language)
    if row.checked_at is None:
        return translate("Alamat belum diperiksa", language)
    if shown.is_reachable:
        return translate("Halaman dapat dibuka", language)
    if row.check_status is not None:
        return translate("Halaman menjawab dengan kesalahan {status}", language, {"status": row.check_status})
    return _reasons(language)[row.check_error or REFUSED]


def _reasons(language: str) -> dict[str, str]:
    return {
        "timeout": translate("Tidak menjawab dalam 10 detik", language),
        "name": translate("Nama situs tidak dikenal", language),
        "tls": translate("Sertifikat situs tidak berlaku", language),
        "connection": translate("Situs tidak dapat dihubungi", language),
        "redirects": translate("Terlalu banyak pengalihan", language),
        REFUSED: translate("Alamat di jaringan dalam, tidak diperiksa", language),
    }
