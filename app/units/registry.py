"""The registry file: units, services and survey points as staff write them, read strictly and all at once."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from app.core.toml_source import Fault, SourceFaults
from app.units.registry_fields import Fields
from app.units.registry_rows import DEFAULT_INSTRUMENT, Row, Rows
from app.units.registry_toml import read_toml
from app.units.registry_xlsx import read_xlsx
from app.units.tables import CHANNELS, ROLLUPS, ZONES

ElementsOf: TypeAlias = Mapping[str, Collection[str]]
"""The element keys of every instrument, by the instrument's id."""

_ELSEWHERE = Row("basis data", None)


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A unit of the registry; `parent` is a code, `timezone` None when it is the parent's."""

    code: str
    name: str
    parent: str | None = None
    timezone: str | None = None
    kind: str | None = None
    address: str | None = None
    phone: str | None = None
    rollup: str = ROLLUPS[0]
    active: bool = True
    where: Row = field(default=_ELSEWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """A service of the registry; `unit` is a code, `instrument` an id, `not_asked` sorted element keys."""

    unit: str
    code: str
    name: str
    instrument: str = DEFAULT_INSTRUMENT
    not_asked: tuple[str, ...] = ()
    population: int | None = None
    active: bool = True
    where: Row = field(default=_ELSEWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PointEntry:
    """A survey point of the registry; `unit` and `service` are codes."""

    unit: str
    code: str
    channel: str
    service: str | None = None
    label: str | None = None
    tickets: bool = False
    proof_of_work: bool = False
    active: bool = True
    where: Row = field(default=_ELSEWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Registry:
    """What a file says. With `faults` its entries are incomplete and only good for finding further faults."""

    units: tuple[UnitEntry, ...] = ()
    services: tuple[ServiceEntry, ...] = ()
    points: tuple[PointEntry, ...] = ()
    faults: tuple[Fault, ...] = ()


def read(path: Path, elements_of: ElementsOf) -> Registry:
    """The registry in a .toml or .xlsx file, with every fault that shows without a database.

    `service.plan` and `service.apply` add what contradicts the database, and raise all faults together.
    Raises SourceFaults itself only when the file cannot be read at all (syntax, sheets, column headings).
    """
    match path.suffix.lower():
        case ".toml":
            rows = read_toml(path)
        case ".xlsx":
            rows = read_xlsx(path)
        case _:
            raise SourceFaults([Fault(str(path), None, "berkas registri harus .toml atau .xlsx")])
    return check(rows, elements_of)


def check(rows: Rows, elements_of: ElementsOf) -> Registry:
    """The registry in rows, wherever they were written, with every fault that shows without a database."""
    return _Reading(rows, elements_of).registry()


class _Reading:
    def __init__(self, rows: Rows, elements_of: ElementsOf) -> None:
        self._rows = rows
        self._elements_of = elements_of
        self._faults = list(rows.faults)
        self._first: dict[Hashable, Row] = {}

    def registry(self) -> Registry:
        units = [self._unit(row) for row in self._rows.units]
        services = [self._service(row) for row in self._rows.services]
        points = [self._point(row) for row in self._rows.points]
        if not (units or services or points or self._faults):
            self._faults.append(Fault(self._rows.file, None, "tidak ada unit, layanan, atau titik survei"))
        return Registry(
            tuple(entry for entry in units if entry),
            tuple(entry for entry in services if entry),
            tuple(entry for entry in points if entry),
            tuple(self._faults),
        )

    def _unit(self, row: Row) -> UnitEntry | None:
        fields = Fields(row, "units", self._faults)
        code = fields.code()
        entry = UnitEntry(
            code=code or "",
            name=fields.text("name") or "",
            parent=fields.word("parent"),
            timezone=fields.choice("timezone", ZONES),
            kind=fields.text("kind"),
            address=fields.text("address"),
            phone=fields.text("phone"),
            rollup=fields.choice("rollup", ROLLUPS) or ROLLUPS[0],
            active=fields.flag("active"),
            where=row,
        )
        return entry if code and self._once(("unit", code), row, f'kode unit "{code}"') else None

    def _service(self, row: Row) -> ServiceEntry | None:
        fields = Fields(row, "services", self._faults)
        code, unit = fields.code(), row.unit
        instrument = fields.word("instrument") or DEFAULT_INSTRUMENT
        not_asked = fields.keys("not_asked")
        self._check_elements(row, instrument, not_asked)
        entry = ServiceEntry(
            unit=unit or "",
            code=code or "",
            name=fields.text("name") or "",
            instrument=instrument,
            not_asked=tuple(sorted(not_asked)),
            population=fields.count("population"),
            active=fields.flag("active"),
            where=row,
        )
        if not (code and unit):
            return None
        return (
            entry if self._once(("service", unit, code), row, f'kode layanan "{code}" di "{unit}"') else None
        )

    def _point(self, row: Row) -> PointEntry | None:
        fields = Fields(row, "points", self._faults)
        code, unit = fields.code(), row.unit
        entry = PointEntry(
            unit=unit or "",
            code=code or "",
            service=fields.word("service"),
            channel=fields.choice("channel", CHANNELS) or "",
            label=fields.text("label"),
            tickets=fields.flag("tickets", default=False),
            proof_of_work=fields.flag("proof_of_work", default=False),
            active=fields.flag("active"),
            where=row,
        )
        if not (code and self._once(("point", code), row, f'kode titik survei "{code}"')):
            return None
        return entry if unit else None

    def _once(self, key: Hashable, row: Row, what: str) -> bool:
        first = self._first.setdefault(key, row)
        if first is not row:
            place = f"baris {first.lines.get('code', first.line)}"
            self._faults.append(row.fault(f"{what} ditulis dua kali (pertama di {place})", "code"))
        return first is row

    def _check_elements(self, row: Row, instrument: str, not_asked: list[str]) -> None:
        elements = self._elements_of.get(instrument)
        if elements is None:
            known = ", ".join(sorted(self._elements_of)) or "belum ada"
            message = f'instrumen "{instrument}" tidak dikenal; yang ada: {known}'
            self._faults.append(row.fault(message, "instrument"))
            return
        for key in not_asked:
            if key not in elements:
                message = f'unsur "{key}" tidak ada di instrumen "{instrument}"'
                self._faults.append(row.fault(message, "not_asked"))
        if set(elements) <= set(not_asked):
            self._faults.append(row.fault('"not_asked" tidak menyisakan satu unsur pun', "not_asked"))
