"""Whoever is asking, and what they hold: roles, each on a unit and all below it."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from app.audit.service import Actor
from app.auth.roles import Role


@dataclass(frozen=True, slots=True)
class Holding:
    """A role on a unit and all below it; `whole`: the unit is a government itself."""

    role: Role
    unit_id: int
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Principal:
    """A person in a signed-in browser, or a program with a token.

    A guard leaves only the holdings whose role allows what the route does: whatever is in `holdings` may be used.
    """

    actor: Actor
    holdings: tuple[Holding, ...]
    session_id: int | None = None

    @property
    def unit_ids(self) -> frozenset[int]:
        """The units held; valid for everything below them."""
        return frozenset(holding.unit_id for holding in self.holdings)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held anywhere."""
        return frozenset(holding.role for holding in self.holdings)

    @property
    def user_id(self) -> int | None:
        """The person, None for a program."""
        return self.actor.id if self.actor.kind == "user" else None

    def limited(self, roles: Collection[Role]) -> "Principal":
        """The same with only those holdings whose role is one of `roles`."""
        return replace(self, holdings=tuple(one for one in self.holdings if one.role in roles))
