"""The units that somebody may use on a screen: by id, by code, and in the order of their tree."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.aggregation.results import stored_id
from app.auth.principal import Principal
from app.units.scope import units_in_scope
from app.units.tables import Unit

# An option of a list is indented by its level; blanks of other kinds would be dropped.
_INDENT = "\u2003"


@dataclass(frozen=True, slots=True)
class Territory:
    """All units in scope, closed ones too. `levels` counts from 0 at the topmost units in scope, in tree order."""

    units: dict[int, Unit]
    levels: tuple[tuple[Unit, int], ...]

    @property
    def ids(self) -> frozenset[int]:
        """The ids of all of them."""
        return frozenset(self.units)

    def by_code(self, code: str) -> Unit | None:
        """The unit with this code, if it is in scope."""
        return next((unit for unit in self.units.values() if unit.code == code), None)

    def name_of(self, unit_id: int) -> str | None:
        """What a unit in scope is called; None for any other."""
        unit = self.units.get(unit_id)
        return unit.name if unit else None

    def options(self) -> list[tuple[str, str]]:
        """Codes and indented names, for a list to choose from."""
        return [(unit.code, f"{_INDENT * level}{unit.name}") for unit, level in self.levels]

    def zone_of(self, unit_id: int | None = None) -> ZoneInfo:
        """The time zone of a unit in scope, of the topmost one for any other."""
        unit = self.units.get(unit_id or 0) or (self.levels[0][0] if self.levels else None)
        return ZoneInfo(unit.timezone if unit else "Asia/Jakarta")


def territory_of(session: Session, principal: Principal) -> Territory:
    """Where `principal` may act by what it holds."""
    wanted = select(Unit).where(col(Unit.id).in_(units_in_scope(session, principal)))
    units = {stored_id(unit): unit for unit in session.exec(wanted)}
    return Territory(units, tuple(_in_order(units)))


def _in_order(units: dict[int, Unit]) -> Iterator[tuple[Unit, int]]:
    below: dict[int | None, list[Unit]] = defaultdict(list)
    for unit in sorted(units.values(), key=lambda unit: (unit.name.casefold(), unit.code)):
        below[unit.parent_id if unit.parent_id in units else None].append(unit)
    waiting = [(unit, 0) for unit in reversed(below[None])]
    while waiting:
        unit, level = waiting.pop()
        yield unit, level
        waiting += [(one, level + 1) for one in reversed(below[unit.id])]
