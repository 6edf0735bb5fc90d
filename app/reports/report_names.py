"""Names in official Indonesian: traits of respondents, states of actions, days, ways to find a sample's size."""

from datetime import date

from babel.dates import format_date

ROMAN = ("I", "II", "III", "IV")
ASPECTS = {
    "sex": "Jenis kelamin",
    "age": "Umur",
    "education": "Pendidikan terakhir",
    "occupation": "Pekerjaan utama",
    "channel": "Cara menjawab",
}
METHODS = {
    "krejcie_morgan_table": "tabel Krejcie dan Morgan",
    "krejcie_morgan_formula": "rumus Krejcie dan Morgan",
    "cochran": "rumus Cochran",
    "own_number": "jumlah yang ditetapkan sendiri",
}
STATES = {
    "planned": "Belum dimulai",
    "in_progress": "Sedang dikerjakan",
    "done": "Selesai",
    "cancelled": "Dibatalkan",
}
CHANNELS = {
    "qr": "kode QR pada ponsel responden",
    "kiosk": "kios di tempat pelayanan",
    "counter": "perangkat petugas di loket",
    "link": "tautan yang dikirim setelah pelayanan",
    "import": "kuesioner kertas yang disalin",
}
_TRAITS = {
    "L": "Laki-laki",
    "P": "Perempuan",
    "SWASTA": "Swasta",
    "WIRAUSAHA": "Wirausaha",
    "PELAJAR": "Pelajar/mahasiswa",
    "PETANI": "Petani/nelayan",
    "IRT": "Ibu rumah tangga",
    "LAINNYA": "Lainnya",
    "qr": "Kode QR",
    "kiosk": "Kios",
    "counter": "Loket",
    "link": "Tautan",
    "import": "Kertas",
}


def trait(value: str | None) -> str:
    """One value of a trait; what is not named here is written as it is stored: S1, 25-34."""
    if value is None:
        return "Tidak mengisi"
    return _TRAITS.get(value, value.replace("-", "–") if value[0].isdigit() else value)


def day(value: date) -> str:
    """`30 September 2026`."""
    return format_date(value, "d MMMM y", locale="id")
