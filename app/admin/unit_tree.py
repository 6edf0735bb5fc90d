"""The units that somebody may see, as a tree: three statements, however many units there are."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from sqlmodel import Session, col, func, select

from app.auth.guards import ADMINISTERS
from app.auth.principal import Principal
from app.core.errors import NotFound
from app.units.scope import units_in_scope
from app.units.tables import Service, Unit

FOUND_MOST = 50


@dataclass(slots=True)
class Branch:
    """A unit with those below it, by name. `administered`: whether the reader may change it."""

    id: int
    code: str
    name: str
    active: bool
    services: int
    above: "Branch | None" = field(default=None, repr=False)
    below: list["Branch"] = field(default_factory=list, repr=False)
    administered: bool = False

    @property
    def path(self) -> list["Branch"]:
        """The units above that may be seen, the highest first, and this one."""
        at: Branch | None = self
        found: list[Branch] = []
        while at is not None:
            found.append(at)
            at = at.above
        return found[::-1]

    def walk(self) -> Iterator["Branch"]:
        """This unit and all below it."""
        yield self
        for branch in self.below:
            yield from branch.walk()

    @property
    def units_below(self) -> int:
        """How many units lie below this one."""
        return sum(1 for _ in self.walk()) - 1


@dataclass(frozen=True, slots=True)
class Tree:
    """The highest units that may be seen, and every unit by its code."""

    roots: tuple[Branch, ...]
    by_code: dict[str, Branch]

    def find(self, code: str) -> Branch:
        """The unit with this code; NotFound where it may not be seen."""
        if code not in self.by_code:
            raise NotFound
        return self.by_code[code]

    def matching(self, wanted: str) -> list[Branch]:
        """Units whose name or code holds `wanted`, in whatever case, by name."""
        sought = " ".join(wanted.casefold().split())
        found = [one for one in self.by_code.values() if sought in one.name.casefold() or sought in one.code]
        return sorted(found, key=_by_name)


def tree_of(session: Session, principal: Principal) -> Tree:
    """All units in the scope of `principal`."""
    ids = units_in_scope(session, principal)
    services = _service_counts(session, ids)
    branches: dict[int, Branch] = {}
    parents: dict[int, int | None] = {}
    for unit in session.exec(select(Unit).where(col(Unit.id).in_(ids))):
        if unit.id is not None:
            branches[unit.id] = Branch(unit.id, unit.code, unit.name, unit.active, services.get(unit.id, 0))
            parents[unit.id] = unit.parent_id
    for branch in sorted(branches.values(), key=_by_name):
        parent_id = parents[branch.id]
        above = None if parent_id is None else branches.get(parent_id)
        if above is not None:
            branch.above = above
            above.below.append(branch)
    roots = tuple(sorted((one for one in branches.values() if one.above is None), key=_by_name))
    _mark(branches, principal.limited(ADMINISTERS).unit_ids)
    return Tree(roots, {branch.code: branch for branch in branches.values()})


def _mark(branches: dict[int, Branch], administered: Collection[int]) -> None:
    for unit_id in administered:
        if unit_id in branches:
            for branch in branches[unit_id].walk():
                branch.administered = True


def _service_counts(session: Session, ids: list[int]) -> dict[int, int]:
    counted = select(Service.unit_id, func.count()).where(col(Service.unit_id).in_(ids))
    return dict(session.exec(counted.group_by(col(Service.unit_id))).all())


def _by_name(branch: Branch) -> tuple[str, str]:
    return branch.name.casefold(), branch.code
