"""`eskm audit`: prove that the record of who did what is whole, take a copy of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, BinaryIO
from zoneinfo import ZoneInfo

import typer
from sqlmodel import Session, select

from app.admin.audit_files import Codes, csv_head, csv_lines, json_line
from app.audit import queries
from app.audit.chain import GENESIS
from app.audit.findings import told
from app.audit.queries import End, Line, Unreadable
from app.audit.service import INSTALLATION, Actor, record, root_of
from app.audit.verify import Verified, verify_chain
from app.cli.opening import fail, opened
from app.core.clock import utc_now
from app.core.db import Database
from app.exports.cells import DIALECTS
from app.units.queries import unit_by_code
from app.units.tables import Unit

app = typer.Typer(help="Catatan siapa melakukan apa.", no_args_is_help=True)

EXPORTER = Actor("command", None, "eskm audit export")
PORTION = 500
_END = re.compile(r"([1-9][0-9]*):([0-9a-f]{64})")
_ZONE = ZoneInfo("Asia/Jakarta")

Government = Annotated[
    str | None, typer.Option(help="Kode pemerintah daerah; semua, dan catatan pemasangan, bila dikosongkan.")
]


@app.command()
def verify(
    government: Government = None,
    expect: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NOMOR:HASH",
            help="Ujung yang dulu dicatat di tempat lain; boleh berkali-kali. Catatan yang dipotong lalu "
            "dibuat ulang hanya ketahuan dengan ini.",
        ),
    ] = None,
) -> None:
    """Hitung ulang rantai catatan; keluar dengan 1 bila ada baris yang diubah, hilang, atau disisipkan.

    Ujung setiap rantai dicetak sebagai NOMOR:HASH. Simpan di tempat yang tidak dijangkau pemilik basis data.
    """
    ends = [_end(text) for text in expect or ()]
    with opened() as database:
        with database.read() as session:
            chains = _chains(session, government)
            names = {chain: _name(session, chain) for chain in chains}
        found = [verify_chain(database, chain, expected=ends) for chain in chains]
    for one in found:
        typer.echo(_line(names[one.chain], one))
    passed = frozenset[End]().union(*(one.passed for one in found))
    lost = [end for end in ends if end not in passed]
    for end in lost:
        typer.echo(f"{end.sequence}:{end.hash} tidak ada lagi: catatan dipotong atau dibuat ulang.")
    if lost or not all(one.sound for one in found):
        raise fail("Catatan tidak utuh.")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Berkas .jsonl atau .csv yang akan ditulis.")],
    government: Government = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Hari pertama.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Hari terakhir, termasuk.")
    ] = None,
) -> None:
    """Tulis catatan ke berkas yang dapat diperiksa tanpa e-SKM.

    Hari dihitung menurut zona waktu pemerintah daerah, WIB bila semuanya. Ekspor ini sendiri ikut dicatat.
    """
    if file.suffix not in (".jsonl", ".csv"):
        raise fail(f"{file}: nama berkas harus berakhir .jsonl atau .csv")
    if file.exists():
        raise fail(f"{file}: berkas sudah ada; pilih nama lain")
    with opened() as database:
        with database.write() as session:
            chains = _chains(session, government)
            bounds = _Bounds.of(since, until, _zone(session, government))
            codes = Codes(
                {id_: code for id_, code in session.exec(select(Unit.id, Unit.code)) if id_ is not None}
            )
            _record(session, chains, since, until)
        with _written(file) as target:
            count = _write(target, file.suffix, database, chains, bounds, codes)
    typer.echo(f"{file}: {count} baris")


class _Bounds:
    """Two instants, the second not included."""

    def __init__(self, since: datetime, until: datetime) -> None:
        self.since, self.until = since, until

    @classmethod
    def of(cls, since: datetime | None, until: datetime | None, zone: ZoneInfo) -> "_Bounds":
        """From the first moment of a day to the last one of another, in `zone`."""
        first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        if since is not None:
            first = datetime.combine(since.date(), time.min, zone)
        if until is not None:
            last = datetime.combine(until.date() + timedelta(days=1), time.min, zone)
        return cls(first, last)

    def hold(self, line: Line) -> bool:
        """Whether the line was written between them."""
        return self.since <= line.entry.at < self.until


def _write(
    target: BinaryIO, suffix: str, database: Database, chains: Sequence[int], bounds: _Bounds, codes: Codes
) -> int:
    dialect = DIALECTS["en"]
    if suffix == ".csv":
        target.write(csv_head(dialect))
    count = 0
    for chain in chains:
        try:
            for line in _lines(database, chain):
                if bounds.hold(line):
                    target.write(json_line(line) if suffix == ".jsonl" else csv_lines([line], dialect, codes))
                    count += 1
        except Unreadable as error:
            raise fail(f"Baris {error.sequence} tidak dapat dibaca; jalankan: eskm audit verify") from None
    return count


def _lines(database: Database, chain: int) -> Iterator[Line]:
    """All lines of a chain, each with the hash before it."""
    with database.read() as session:
        until = queries.extent_of(session, chain).last
    previous = GENESIS
    for entry in queries.lines(database, chain, until=until):
        yield Line(entry, previous)
        previous = entry.hash


@contextmanager
def _written(file: Path) -> Iterator[BinaryIO]:
    try:
        with file.open("xb") as target:
            yield target
    except OSError as error:
        raise fail(f"{file}: {error.strerror}") from None


def _record(session: Session, chains: Sequence[int], since: datetime | None, until: datetime | None) -> None:
    days: Mapping[str, str | None] = {
        "from": since.date().isoformat() if since else None,
        "to": until.date().isoformat() if until else None,
    }
    for chain in chains:
        unit_id = None if chain == INSTALLATION else chain
        record(session, EXPORTER, "record.exported", utc_now(), unit_id=unit_id, details=days)


def _chains(session: Session, government: str | None) -> list[int]:
    if government is None:
        return queries.chains(session)
    unit = unit_by_code(session, government)
    if unit is None or unit.id is None:
        raise fail(f"Unit {government} tidak ada.")
    return [root_of(session, unit.id)]


def _name(session: Session, chain: int) -> str:
    unit = session.get(Unit, chain)
    return "pemasangan" if chain == INSTALLATION else unit.code if unit else f"#{chain}"


def _zone(session: Session, government: str | None) -> ZoneInfo:
    unit = unit_by_code(session, government) if government else None
    return ZoneInfo(unit.timezone) if unit else _ZONE


def _end(text: str) -> End:
    found = _END.fullmatch(text.strip())
    if found is None:
        raise fail(f"--expect: NOMOR:HASH seperti yang dicetak perintah ini, bukan {text}")
    return End(int(found[1]), found[2])


def _line(name: str, one: Verified) -> str:
    state = "utuh" if one.finding is None else told(one.finding, "id")
    if not one.end.sequence:
        return f"{name}: {state}" if one.finding else f"{name}: belum ada baris"
    return f"{name}: {one.lines} baris cocok, ujung {one.end.sequence}:{one.end.hash}\n{name}: {state}"
