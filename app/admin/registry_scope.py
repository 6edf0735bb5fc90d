"""What of a registry file an administrator may apply: units that they administer, and new ones below those."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from app.admin.unit_tree import Tree
from app.core.toml_source import Fault, SourceFaults
from app.units.queries import government_of
from app.units.registry import PointEntry, Registry, ServiceEntry, UnitEntry
from app.units.registry_rows import CODE
from app.units.registry_stored import portions
from app.units.tables import Point, Unit


def limited(session: Session, tree: Tree, registry: Registry) -> Registry:
    """The registry, when all of it lies within `tree`, which holds what the caller administers.

    The highest units of the tree keep their parents, which their administrator may not see: a file leaves
    them out. Raises SourceFaults, which also name what is wrong with the file itself.
    """
    reach = _Reach(session, tree, registry)
    units = tuple(reach.with_parent(unit) for unit in registry.units)
    faults = [
        *reach.unit_faults(units),
        *reach.service_faults(registry.services),
        *reach.point_faults(registry.points),
    ]
    if faults:
        raise SourceFaults([*registry.faults, *faults])
    return replace(registry, units=units)


@dataclass(frozen=True, slots=True)
class _Outside:
    """Codes that are in use beyond the administrator's units."""

    units: frozenset[str]
    points: frozenset[str]


class _Reach:
    def __init__(self, session: Session, tree: Tree, registry: Registry) -> None:
        self._mine = tree.by_code
        self._outside = _outside(session, tree, registry)
        self._hidden = _hidden_parents(session, tree)
        self._governments = {root.code: government_of(session, root.id).id for root in tree.roots}
        self._parents = {unit.code: unit.parent for unit in registry.units}
        named = {unit.code for unit in registry.units if unit.code not in self._mine}
        self._known = self._mine.keys() | (named - self._outside.units)

    def with_parent(self, unit: UnitEntry) -> UnitEntry:
        """The unit with its stored parent where that is hidden and the file leaves it out."""
        if unit.parent is None and unit.code in self._hidden:
            return replace(unit, parent=self._hidden[unit.code])
        return unit

    def unit_faults(self, units: Iterable[UnitEntry]) -> Iterator[Fault]:
        """What is wrong with the units and where they are put."""
        for unit in units:
            if unit.code in self._outside.units:
                yield unit.where.fault(f'kode unit "{unit.code}" sudah dipakai di luar wewenang Anda', "code")
            elif unit.code in self._hidden:
                if unit.parent != self._hidden[unit.code]:
                    message = f'unit "{unit.code}" tidak dapat dipindahkan: induknya di luar wewenang Anda'
                    yield unit.where.fault(message, "parent")
            elif unit.parent is None:
                yield unit.where.fault(f'unit "{unit.code}" harus punya unit induk', "parent")
            elif unit.parent not in self._known:
                message = f'unit induk "{unit.parent}" tidak ada dalam wewenang Anda'
                yield unit.where.fault(message, "parent")
            elif unit.code in self._mine and self._leaves_its_government(unit.code, unit.parent):
                message = f'unit "{unit.code}" tidak dapat dipindahkan ke pemerintah lain'
                yield unit.where.fault(message, "parent")

    def service_faults(self, services: Iterable[ServiceEntry]) -> Iterator[Fault]:
        """Services of units elsewhere."""
        for service in services:
            if service.unit not in self._known:
                yield _unit_unknown(service)

    def point_faults(self, points: Iterable[PointEntry]) -> Iterator[Fault]:
        """Survey points of units elsewhere, and codes that are printed elsewhere."""
        for point in points:
            if point.unit not in self._known:
                yield _unit_unknown(point)
            elif point.code in self._outside.points:
                message = f'kode titik survei "{point.code}" sudah dipakai di luar wewenang Anda'
                yield point.where.fault(message, "code")

    def _leaves_its_government(self, code: str, parent: str) -> bool:
        below = self._government(parent)
        return below is not None and below != self._government(code)

    def _government(self, code: str) -> int | None:
        """The government of a unit, or of the unit below which the file puts it; None for a ring."""
        for _ in range(len(self._parents) + 1):
            if code in self._mine:
                return self._governments[self._mine[code].path[0].code]
            code = self._parents.get(code) or ""
        return None


def _unit_unknown(entry: ServiceEntry | PointEntry) -> Fault:
    return entry.where.fault(f'unit "{entry.unit}" tidak ada dalam wewenang Anda', "unit")


def _hidden_parents(session: Session, tree: Tree) -> Mapping[str, str | None]:
    """The stored parents of the highest units in the tree, by the units' codes."""
    parents = {root.code: session.get_one(Unit, root.id).parent_id for root in tree.roots}
    return {
        code: None if parent_id is None else session.get_one(Unit, parent_id).code
        for code, parent_id in parents.items()
    }


def _outside(session: Session, tree: Tree, registry: Registry) -> _Outside:
    strange = sorted(
        {unit.code for unit in registry.units if CODE.fullmatch(unit.code)} - tree.by_code.keys()
    )
    units = [
        code
        for some in portions(strange)
        for code in session.exec(select(Unit.code).where(col(Unit.code).in_(some)))
    ]
    ids = {branch.id for branch in tree.by_code.values()}
    named = sorted({point.code for point in registry.points if CODE.fullmatch(point.code)})
    points = [
        code
        for some in portions(named)
        for code, unit_id in session.exec(select(Point.code, Point.unit_id).where(col(Point.code).in_(some)))
        if unit_id not in ids
    ]
    return _Outside(frozenset(units), frozenset(points))
