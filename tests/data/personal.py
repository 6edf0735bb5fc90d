"""Comments with and without personal data; every person and number in them is made up."""

COVERED = (
    ("NIK saya 3173051201900001 tolong dicek", "nik"),
    ("3173 0512 0190 0001", "nik"),
    ("31.73.05.12.01.90.00.01", "nik"),
    ("3173–0512–0190–0001", "nik"),
    ("nik:3173051201900001.", "nik"),
    ("hubungi 081234567890 ya", "phone"),
    ("WA 0812-3456-7890", "phone"),
    ("WA 0812‑3456‑7890", "phone"),
    ("+62 812 3456 7890", "phone"),
    ("+62\u00a0812\u00a03456\u00a07890", "phone"),
    ("telepon 62812345678", "phone"),
    ("kantor (021) 8345678", "phone"),
    ("baris satu\n081234567890\nbaris tiga", "phone"),
    ("surel ani.b+1@contoh.go.id", "email"),
    ("ani@contoh.id,budi@contoh.id", "email"),
    ("ÁNI.ß@contoh.co.id", "email"),
)
"""Texts, and the kind of data in them."""

PLAIN = (
    "",
    "Antre 3 jam, loket 2 dan 4 tutup pukul 11.30.",
    "Biaya Rp1.500.000 untuk 12 lembar, tahun 2026.",
    "Nomor antrean A-0123, tanggal 17-08-2026.",
    "Nomor berkas 503/1234/2026/00012",
    "petugas @loket2 ramah",
    "08.00-15.30 buka",
    "12345678901234567",
    "+1 0812 3456",
    "@ . @",
    "a@b.c",
)
