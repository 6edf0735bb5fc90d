"""How the invented units are judged, and how that changes: what the figures of the demonstration should tell."""

from dataclasses import dataclass, field

USUAL = 3.28  # an ordinary element of an ordinary unit, on the scale of 1 to 4


@dataclass(frozen=True, slots=True)
class Temper:
    """How a unit is judged. `strengths` are added to an element's usual mean; `change` to all, over the
    whole time; `changes` to single elements, over the whole time. `share` is the unit's part of all answers.
    """

    share: float
    level: float = 0.0
    change: float = 0.0
    strengths: dict[str, float] = field(default_factory=dict)
    changes: dict[str, float] = field(default_factory=dict)


# Everywhere: staff are judged a little better than buildings and waiting.
ELEMENTS = {
    "persyaratan": 0.02,
    "prosedur": -0.02,
    "waktu": -0.12,
    "biaya": 0.12,
    "produk": 0.04,
    "kompetensi": 0.08,
    "perilaku": 0.10,
    "sarana": -0.06,
    "pengaduan": -0.04,
}

TEMPERS = {
    # Licences became easier step by step: the improving one.
    "dpmptsp": Temper(0.20, -0.26, 0.52, {"prosedur": -0.12}, {"prosedur": 0.25, "waktu": 0.20}),
    # Friendly and free of charge, but one waits: the slow one.
    "disdukcapil": Temper(0.24, 0.02, 0.03, {"waktu": -0.75, "prosedur": -0.10, "biaya": 0.30}),
    # Able, and dear: the expensive one.
    "rsud": Temper(0.22, -0.06, -0.02, {"biaya": -0.80, "kompetensi": 0.15, "waktu": -0.10}),
    # The best of the city.
    "puskesmas-utara": Temper(0.16, 0.30, 0.05, {"biaya": 0.15, "perilaku": 0.10}),
    # An old building, and nobody answers complaints.
    "kecamatan-selatan": Temper(0.11, -0.20, 0.02, {"sarana": -0.45, "pengaduan": -0.40, "perilaku": 0.12}),
    # Small, and slowly getting worse.
    "kantor-penghubung": Temper(0.07, 0.16, -0.22, {"sarana": 0.15}, {"pengaduan": -0.20}),
}
OTHER_UNITS = Temper(0.12)

# What people write: element in which the unit is weak, or None for praise.
COMMENTS: dict[str | None, tuple[str, ...]] = {
    "waktu": (
        "Antreannya terlalu lama, padahal datang pagi.",
        "Dijanjikan tiga hari, selesai dua minggu.",
        "Tolong tambah loket pada jam sibuk.",
        "Menunggu lebih dari dua jam untuk hal yang sederhana.",
    ),
    "biaya": (
        "Biayanya berat untuk kami.",
        "Mohon daftar tarif dipasang di tempat yang mudah dibaca.",
        "Obatnya mahal, semoga ada keringanan.",
    ),
    "sarana": (
        "Ruang tunggu panas dan kursinya kurang.",
        "Toiletnya perlu dibersihkan lebih sering.",
        "Tempat parkir sempit.",
    ),
    "pengaduan": (
        "Sudah pernah melapor, tetapi tidak ada jawaban.",
        "Tidak tahu harus mengadu ke mana.",
    ),
    "prosedur": (
        "Alurnya membingungkan, saya bolak-balik.",
        "Semoga bisa diurus dari rumah.",
    ),
    None: (
        "Petugasnya ramah, terima kasih.",
        "Pelayanan cepat dan jelas.",
        "Semoga terus dipertahankan.",
        "Sekarang jauh lebih mudah daripada dulu.",
    ),
}
