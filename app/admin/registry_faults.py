"""Faults of a registry file as sentences in the reader's language, with the place where they are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.core.messages import translate
from app.core.toml_source import Fault
from app.web.locale import sentence

# Faults are written in Indonesian where they are found, with what the file says in them. These are their
# sentences; the column that one is about stands beside it where the sentence does not name it.
_MESSAGES: tuple[tuple[str, str], ...] = (
    ('Kode "{value}" tidak sah: hanya a-z, 0-9, dan "-", paling panjang 63 karakter.', "code"),
    ('Kunci "{column}" tidak dikenal; yang ada: [[units]].', ""),
    ('Kunci "{column}" tidak dikenal.', ""),
    ('"{column}" wajib diisi.', ""),
    ('"{column}" harus daftar tabel.', ""),
    ('Isi "{column}" harus tabel.', ""),
    ('"{column}" harus daftar teks.', ""),
    ('"{column}" harus teks.', ""),
    ('"{column}" kosong.', ""),
    ('"{column}" berisi karakter kendali.', ""),
    ('"{column}" harus salah satu dari: {values}.', ""),
    ('"{column}" harus true atau false (di XLSX: ya atau tidak).', ""),
    ('"{column}" harus bilangan bulat 1 sampai {most}.', ""),
    ('"{column}" tidak menyisakan satu unsur pun.', ""),
    ('"{column}" berisi rumus atau galat Excel; tempelkan sebagai nilai.', ""),
    ('Unsur "{value}" ditulis dua kali.', "not_asked"),
    ('Unsur "{value}" tidak ada di instrumen "{other}".', "not_asked"),
    ('Instrumen "{value}" tidak dikenal; yang ada: {values}.', "instrument"),
    ('Kode unit "{value}" ditulis dua kali (pertama di baris {line}).', "code"),
    ('Kode layanan "{value}" di "{other}" ditulis dua kali (pertama di baris {line}).', "code"),
    ('Kode titik survei "{value}" ditulis dua kali (pertama di baris {line}).', "code"),
    ('Unit induk "{value}" tidak dikenal.', "parent"),
    ("Unit induk melingkar: {value}.", "parent"),
    ('Unit "{value}" tidak dikenal.', "unit"),
    ('Layanan "{value}" tidak ada di unit "{other}".', "service"),
    (
        'Titik survei "{value}" sudah ada di unit "{other}" dan kodenya sudah tercetak; pakai kode baru.',
        "code",
    ),
    ('Kode unit "{value}" sudah dipakai di luar wewenang Anda.', "code"),
    ('Kode titik survei "{value}" sudah dipakai di luar wewenang Anda.', "code"),
    ('Unit "{value}" tidak ada dalam wewenang Anda.', "unit"),
    ('Unit induk "{value}" tidak ada dalam wewenang Anda.', "parent"),
    ('Unit "{value}" harus punya unit induk.', "parent"),
    ('Unit "{value}" tidak dapat dipindahkan: induknya di luar wewenang Anda.', "parent"),
    ('Unit "{value}" tidak dapat dipindahkan ke pemerintah lain.', "parent"),
    ("Tidak ada unit, layanan, atau titik survei.", ""),
    ("Sel {cell} terisi, tetapi kolomnya tidak berjudul.", ""),
    ('Kolom "{column}" tidak dikenal; yang ada: {values}.', ""),
    ('Kolom "{column}" ditulis dua kali.', ""),
    ('Kolom "{column}" tidak ada.', ""),
    ("Lembar tidak dikenal; yang ada: {values}.", ""),
    ('Lembar "{sheet}" tidak ada.', ""),
    ("Bukan berkas XLSX.", ""),
    ("Lembar ini lebih panjang dari {most} baris.", ""),
    ("Baris ini lebih lebar dari {most} kolom; hapus kolom di sebelah kanan tabel.", ""),
    ("Berkas registri harus .toml atau .xlsx.", ""),
    ("Berkas tidak dapat dibaca: {reason}.", ""),
    ("Berkas bukan teks UTF-8.", ""),
    ("Isi berkas ini terlalu besar.", ""),
    ("Kunci ditulis dua kali (TOML tidak sah).", ""),
    ("Tabel ditulis dua kali (TOML tidak sah).", ""),
    ("TOML tidak sah: {reason}.", ""),
)


def _pattern(message: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", message)
    named = [re.escape(part) if place % 2 == 0 else f"(?P<{part}>.*?)" for place, part in enumerate(parts)]
    return re.compile("".join(named), re.DOTALL)


_PATTERNS = tuple((_pattern(message), message, column) for message, column in _MESSAGES)


@dataclass(frozen=True, slots=True)
class Explained:
    """A fault for a reader: sheet and line where there are some, the column's name in the file, what is wrong."""

    sheet: str
    line: int | None
    column: str
    text: str


def explain(faults: Iterable[Fault], language: str) -> list[Explained]:
    """All faults, as sentences in `language`; the name of the file, which the reader knows, is left out."""
    return [_explained(fault, language) for fault in faults]


def _explained(fault: Fault, language: str) -> Explained:
    sheet = fault.file.rpartition("/")[2].partition("!")[2]
    text = f"{sentence(fault.message)}."
    for pattern, message, column in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is not None:
            params = found.groupdict()
            named = column or params.get("column", "")
            return Explained(sheet, fault.line, named, translate(message, language, params))
    return Explained(sheet, fault.line, "", text)
