"""Reading units, their tree and their services."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from app.core.errors import NotFound
from app.core.tables import storable
from app.units.tables import RegistryVersion, Service, Unit


def unit_by_code(session: Session, code: str) -> Unit | None:
    """The unit with this code."""
    if not storable(code):
        return None
    return session.exec(select(Unit).where(Unit.code == code)).one_or_none()


def below(session: Session, *unit_ids: int) -> list[int]:
    """Ids of these units and of all units below them, ascending; unknown ones are left out."""
    tree = select(col(Unit.id)).where(col(Unit.id).in_(unit_ids)).cte("below", recursive=True)
    # UNION, not UNION ALL: it ends even on a tree that was damaged into a ring.
    tree = tree.union(select(col(Unit.id)).join(tree, col(Unit.parent_id) == tree.c.id))
    return list(session.exec(select(tree.c.id).order_by(tree.c.id)))


def ancestors(session: Session, unit_id: int) -> list[int]:
    """Ids of the unit and of all units above it, nearest first; empty when there is no such unit."""
    above = select(col(Unit.id), col(Unit.parent_id)).where(Unit.id == unit_id).cte("above", recursive=True)
    above = above.union(
        select(col(Unit.id), col(Unit.parent_id)).join(above, col(Unit.id) == above.c.parent_id)
    )
    parents: dict[int, int | None] = dict(session.exec(select(above.c.id, above.c.parent_id)).all())
    path: list[int] = []
    at: int | None = unit_id
    while at is not None and at in parents:
        path.append(at)
        at = parents.pop(at)
    return path


def government_of(session: Session, unit_id: int) -> Unit:
    """The root above the unit, which may be the unit itself. Raises NotFound when there is no such unit."""
    path = ancestors(session, unit_id)
    root = session.get(Unit, path[-1]) if path else None
    if root is None:
        raise NotFound
    return root


def services_of(session: Session, unit_ids: Collection[int]) -> list[Service]:
    """All services of these units, active or not, by unit and code."""
    wanted = select(Service).where(col(Service.unit_id).in_(unit_ids))
    return list(session.exec(wanted.order_by(col(Service.unit_id), col(Service.code))))


def service_by_code(session: Session, unit_id: int, code: str) -> Service | None:
    """The service of this unit with this code."""
    if not storable(code):
        return None
    return session.exec(select(Service).where(Service.unit_id == unit_id, Service.code == code)).one_or_none()


def registry_version(session: Session) -> int:
    """The number of changes of units, services and points so far."""
    return session.exec(select(RegistryVersion.version)).one_or_none() or 0
