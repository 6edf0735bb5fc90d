"""Groups of respondents and states of a publication in words."""

from app.core.messages import translate
from app.publication.profile import UNSTATED


def trait_name(dimension: str, language: str) -> str:
    """What divides the respondents."""
    return {
        "sex": translate("Jenis kelamin", language),
        "age": translate("Umur", language),
        "education": translate("Pendidikan", language),
        "occupation": translate("Pekerjaan", language),
        "channel": translate("Cara menjawab", language),
    }[dimension]


def group_name(group: str, language: str) -> str:
    """A group of respondents; schools, bands of age and some occupations are written as they are stored."""
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
        UNSTATED: translate("Tidak diisi", language),
    }.get(group, group.replace("-", "–"))
