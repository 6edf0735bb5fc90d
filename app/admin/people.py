"""People as an administrator sees them: the list with its filters, and what one person holds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func
from sqlmodel import Session, and_, col, or_, select

from app.admin.territory import Territory
from app.auth.roles import Role
from app.auth.tables import Grant, User
from app.core.tables import storable
from app.units import queries
from app.units.tables import Unit

PAGE = 50
# `invited`: an account that nobody could sign in with so far.
STATES = ("active", "invited", "closed")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which people: with `text` in a name, who belong to `unit` or below or hold something there, in `state`."""

    text: str = ""
    unit: Unit | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A role and where it is held."""

    role: Role
    unit: Unit


@dataclass(frozen=True, slots=True)
class Listed:
    """A person with what they hold in scope; `home` is None when they belong to a unit outside of it."""

    user: User
    state: str
    home: Unit | None
    holds: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of people by full name. `after` is the id to go on from, None on the last page."""

    people: tuple[Listed, ...]
    total: int
    after: int | None


def state_of(user: User) -> str:
    """One of STATES."""
    if not user.active:
        return "closed"
    return "active" if user.password_hash is not None or user.oidc_subject is not None else "invited"


def people(session: Session, territory: Territory, wanted: Filter, after: int | None = None) -> Listing:
    """The people of whom anything lies in scope, a page from the person `after` on."""
    conditions = _conditions(session, territory, wanted)
    total = session.exec(select(func.count()).select_from(User).where(*conditions)).one()
    last = session.get(User, after) if after is not None else None
    if last is not None:
        beyond = or_(
            col(User.full_name) > last.full_name,
            and_(col(User.full_name) == last.full_name, col(User.id) > last.id),
        )
        conditions.append(beyond)
    found = session.exec(
        select(User).where(*conditions).order_by(col(User.full_name), col(User.id)).limit(PAGE + 1)
    ).all()
    page = found[:PAGE]
    held = holds(session, territory, [user.id for user in page if user.id is not None])
    listed = tuple(
        Listed(user, state_of(user), territory.units.get(user.unit_id), held[user.id or 0]) for user in page
    )
    return Listing(listed, total, page[-1].id if len(found) > PAGE else None)


def holds(session: Session, territory: Territory, user_ids: Sequence[int]) -> dict[int, tuple[Held, ...]]:
    """What these people hold in scope, oldest first."""
    grants = session.exec(select(Grant).where(col(Grant.user_id).in_(user_ids)).order_by(col(Grant.id)))
    found: dict[int, tuple[Held, ...]] = defaultdict(tuple)
    for grant in grants:
        unit = territory.units.get(grant.unit_id)
        if unit is not None:
            found[grant.user_id] += (Held(Role(grant.role), unit),)
    return found


def _conditions(session: Session, territory: Territory, wanted: Filter) -> list[ColumnElement[bool]]:
    ids = territory.ids
    if wanted.unit is not None and wanted.unit.id is not None:
        ids = ids & frozenset(queries.below(session, wanted.unit.id))
    holding = select(Grant.user_id).where(col(Grant.unit_id).in_(ids))
    conditions: list[ColumnElement[bool]] = [or_(col(User.unit_id).in_(ids), col(User.id).in_(holding))]
    has_a_way_in = or_(col(User.password_hash).is_not(None), col(User.oidc_subject).is_not(None))
    if wanted.state == "closed":
        conditions.append(col(User.active).is_(False))
    elif wanted.state == "active":
        conditions += [col(User.active).is_(True), has_a_way_in]
    elif wanted.state == "invited":
        conditions += [col(User.active).is_(True), ~has_a_way_in]
    text = wanted.text.strip()
    if text and not storable(text):
        conditions.append(false())  # no name has it
    elif text:
        named = (col(User.full_name), col(User.name), col(User.email))
        conditions.append(or_(*(column.icontains(text, autoescape=True) for column in named)))
    return conditions
