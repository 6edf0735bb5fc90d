"""What keeps two figures from being compared, and who answered, in words."""

from collections.abc import Sequence

from app.core.messages import translate
from app.ikm.comparability import Reason


def mark(reasons: Sequence[Reason], language: str) -> str | None:
    """Why a line is cut, in a few words for a picture: the first reason. None without any."""
    if not reasons:
        return None
    return {
        Reason.NO_ANSWERS: translate("Tanpa jawaban", language),
        Reason.PERIODS_OVERLAP: translate("Periode bertumpuk", language),
        Reason.INSTRUMENT: translate("Kuesioner berganti", language),
        Reason.ELEMENTS: translate("Unsur berganti", language),
        Reason.ROLLUP: translate("Cara gabung berganti", language),
        Reason.WEIGHT: translate("Bobot berganti", language),
        Reason.SOURCE: translate("Sumber berganti", language),
        Reason.CATEGORIES: translate("Tabel mutu berganti", language),
        Reason.CHANNELS: translate("Saluran bergeser", language),
        Reason.SERVICES: translate("Layanan bergeser", language),
    }[reasons[0]]


def aspect(name: str, language: str) -> str:
    """A trait of respondents."""
    return {
        "sex": translate("Jenis kelamin", language),
        "age": translate("Umur", language),
        "education": translate("Pendidikan", language),
        "occupation": translate("Pekerjaan", language),
        "channel": translate("Saluran", language),
    }[name]


def trait(value: str | None, language: str) -> str:
    """One value of a trait; schools and bands of age are written as they are stored."""
    if value is None:
        return translate("Tidak diisi", language)
    return {
        "L": translate("Laki-laki", language),
        "P": translate("Perempuan", language),
        "SWASTA": translate("Swasta", language),
        "WIRAUSAHA": translate("Wirausaha", language),
        "PELAJAR": translate("Pelajar atau mahasiswa", language),
        "PETANI": translate("Petani atau nelayan", language),
        "IRT": translate("Ibu rumah tangga", language),
        "LAINNYA": translate("Lainnya", language),
        "qr": translate("Kode QR", language),
        "kiosk": translate("Kios", language),
        "counter": translate("Loket", language),
        "link": translate("Tautan", language),
        "import": translate("Impor", language),
    }.get(value, value.replace("-", "–") if value[0].isdigit() else value)
