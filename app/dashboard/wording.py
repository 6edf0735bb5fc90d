"""Where an element stands, and who answered, in words."""

from collections.abc import Mapping

from app.core.messages import translate
from app.ikm.priority import Quadrant


def fields(language: str, *, asked: bool = False) -> Mapping[Quadrant, str]:
    """The four fields by value and by link, or by importance where that was asked: what is derived calls nothing a
    low priority that is low.
    """
    if asked:
        return {
            Quadrant.CONCENTRATE: translate("Rendah, penting", language),
            Quadrant.KEEP: translate("Tinggi, penting", language),
            Quadrant.LOW: translate("Rendah, biasa", language),
            Quadrant.OVERKILL: translate("Tinggi, biasa", language),
        }
    return {
        Quadrant.CONCENTRATE: translate("Rendah, erat", language),
        Quadrant.KEEP: translate("Tinggi, erat", language),
        Quadrant.LOW: translate("Rendah, lemah", language),
        Quadrant.OVERKILL: translate("Tinggi, lemah", language),
    }


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
