"""What applying a registry changes, thing by thing, and the same in words."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Generic, Literal, TypeAlias, TypeVar

from app.units.registry import PointEntry, ServiceEntry, UnitEntry

Kind = Literal["unit", "service", "point"]
Action = Literal["added", "changed", "unchanged"]
Entry = TypeVar("Entry", UnitEntry, ServiceEntry, PointEntry)

KINDS: tuple[Kind, ...] = ("unit", "service", "point")
ACTIONS: tuple[Action, ...] = ("added", "changed", "unchanged")
_NAMES: dict[Kind, str] = {"unit": "unit", "service": "layanan", "point": "titik survei"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field whose stored value gives way to the file's."""

    field: str
    before: object
    after: object

    def __str__(self) -> str:
        return f"{self.field}: {_shown(self.before)} → {_shown(self.after)}"


@dataclass(frozen=True, slots=True)
class Change(Generic[Entry]):
    """What happens to one unit, service or point; `code` names it: a service as unit/service."""

    kind: Kind
    code: str
    action: Action
    entry: Entry
    differences: tuple[Difference, ...] = ()

    def __str__(self) -> str:
        what = f"{_NAMES[self.kind]} {self.code}"
        match self.action:
            case "added":
                return f"+ {what}"
            case "changed":
                return f"~ {what} ({'; '.join(map(str, self.differences))})"
            case "unchanged":
                return f"= {what}"


AnyChange: TypeAlias = Change[UnitEntry] | Change[ServiceEntry] | Change[PointEntry]


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes of one registry, in the order of the file's kinds."""

    units: tuple[Change[UnitEntry], ...] = ()
    services: tuple[Change[ServiceEntry], ...] = ()
    points: tuple[Change[PointEntry], ...] = ()

    def __iter__(self) -> Iterator[AnyChange]:
        yield from self.units
        yield from self.services
        yield from self.points

    def count(self, kind: Kind, action: Action) -> int:
        """How many things of a kind are added, changed or unchanged."""
        return Counter((change.kind, change.action) for change in self)[kind, action]

    @property
    def any(self) -> bool:
        """Whether anything is added or changed."""
        return any(change.action != "unchanged" for change in self)

    def lines(self) -> list[str]:
        """What is added and changed, one line each."""
        return [str(change) for change in self if change.action != "unchanged"]


def compare(kind: Kind, code: str, before: Entry | None, after: Entry) -> Change[Entry]:
    """The change that turns what is stored (None: nothing) into what the file says."""
    if before is None:
        return Change(kind, code, "added", after)
    differences = tuple(
        Difference(field.name, getattr(before, field.name), getattr(after, field.name))
        for field in fields(after)
        if field.compare and getattr(before, field.name) != getattr(after, field.name)
    )
    return Change(kind, code, "changed" if differences else "unchanged", after, differences)


def _shown(value: object) -> str:
    if value is None or value == ():
        return "(kosong)"
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
