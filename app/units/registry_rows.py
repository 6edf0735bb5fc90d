"""The columns of the registry file and its rows before they are checked; the same for TOML and XLSX."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from app.core.toml_source import Fault
from app.units.tables import CHANNELS, ROLLUPS, ZONES

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
DEFAULT_INSTRUMENT = "skm-2017"
DEFAULT_ZONE = ZONES[0]
POPULATION_MOST = 1_000_000_000

Sheet: TypeAlias = Literal["units", "services", "points"]
SHEETS: tuple[Sheet, ...] = ("units", "services", "points")


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a kind of row; `note` tells staff, in Indonesian, what to write into it."""

    name: str
    note: str
    required: bool = False
    kind: Literal["text", "flag", "count", "keys"] = "text"
    choices: tuple[str, ...] = ()


_FORM = "huruf kecil, angka, dan tanda hubung; paling panjang 63 karakter"
_ACTIVE = Column("active", "ya atau tidak; kosong berarti ya", kind="flag")

COLUMNS: Mapping[Sheet, tuple[Column, ...]] = MappingProxyType(
    {
        "units": (
            Column("code", f"kode unit, tidak boleh sama dengan unit lain: {_FORM}", required=True),
            Column("name", "nama resmi unit", required=True),
            Column("parent", "kode unit induk; kosong hanya untuk pemerintah daerah atau instansi induk"),
            Column("timezone", "zona waktu; kosong berarti mengikuti unit induk", choices=ZONES),
            Column("kind", "jenis unit, misalnya dinas, kecamatan, puskesmas"),
            Column("address", "alamat, tercetak pada laporan"),
            Column("phone", "telepon, ditulis sebagai teks agar angka nol di depan tidak hilang"),
            Column(
                "rollup",
                "cara menghitung IKM gabungan dari unit di bawahnya; kosong berarti pooled",
                choices=ROLLUPS,
            ),
            _ACTIVE,
        ),
        "services": (
            Column("code", f"kode layanan, tidak boleh sama di unit yang sama: {_FORM}", required=True),
            Column("name", "nama layanan", required=True),
            Column("instrument", f"id kuesioner; kosong berarti {DEFAULT_INSTRUMENT}"),
            Column("not_asked", "kunci unsur yang tidak ditanyakan, dipisahkan koma", kind="keys"),
            Column("population", "jumlah pengguna layanan setahun, bilangan bulat", kind="count"),
            _ACTIVE,
        ),
        "points": (
            Column(
                "code",
                f"kode titik survei, tercetak dalam QR, tidak boleh sama di seluruh sistem: {_FORM}",
                required=True,
            ),
            Column("service", "kode layanan di unit yang sama; kosong berarti warga memilih sendiri"),
            Column("channel", "saluran", required=True, choices=CHANNELS),
            Column("label", "keterangan tempat, misalnya Loket 2"),
            Column(
                "tickets",
                "ya bila hanya pemegang tautan sekali pakai yang boleh menjawab; kosong berarti tidak",
                kind="flag",
            ),
            Column(
                "proof_of_work",
                "ya bila ponsel harus menghitung sebentar selama warga menjawab, agar program sulit "
                "membanjiri; kosong berarti tidak",
                kind="flag",
            ),
            _ACTIVE,
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row as its file has it: values and lines by column, and the code of the unit that owns it."""

    file: str
    line: int | None
    values: Mapping[str, object] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    unit: str | None = None

    def fault(self, message: str, column: str | None = None) -> Fault:
        """A fault at the line of a column, or of the whole row."""
        line = self.line if column is None else self.lines.get(column, self.line)
        return Fault(self.file, line, message)


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of a file, and the faults of those things in it that are no rows."""

    file: str
    units: list[Row] = field(default_factory=list)
    services: list[Row] = field(default_factory=list)
    points: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def of(self, sheet: Sheet) -> list[Row]:
        """The rows of one kind, to read or to add to."""
        return {"units": self.units, "services": self.services, "points": self.points}[sheet]
