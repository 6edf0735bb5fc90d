"""Reading what was published: frozen rows only, never an answer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, defer
from sqlmodel import Session, col
from sqlmodel import select as select_model

from app.publication.canonical import read
from app.publication.numbers import parse
from app.publication.signing import Signed
from app.publication.tables import Publication, SigningKey
from app.units.tables import Service, Unit

PAGE_ROWS = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """A publication as lists show it; `replaced_by` is the number of its correction."""

    publication: Publication
    unit: Unit
    service: Service | None
    replaced_by: str | None


def counting() -> ColumnElement[bool]:
    """That a publication has not been corrected."""
    newer = aliased(Publication)
    return ~select(col(newer.number)).where(col(newer.replaces) == col(Publication.number)).exists()


def of_service(service_id: int | None) -> ColumnElement[bool]:
    """That a publication is about this service; None: about a unit."""
    column = col(Publication.service_id)
    return column.is_(None) if service_id is None else column == service_id


def latest(session: Session, unit_id: int, service_id: int | None = None) -> Publication | None:
    """The result of a unit (of all its services, unless one is named) that counts: of the period that ends last.

    Corrected publications do not count any more. Of periods with the same end the one issued last is taken.
    """
    statement = (
        select_model(Publication)
        .where(
            Publication.unit_id == unit_id,
            of_service(service_id),
            counting(),
        )
        .order_by(
            col(Publication.period_end).desc(),
            col(Publication.issued_at).desc(),
            col(Publication.sequence).desc(),
        )
    )
    return session.exec(statement.limit(1)).first()


def by_number(session: Session, text: str) -> Publication | None:
    """The publication with a number, written as on paper or as in an address."""
    number = parse(text)
    if number is None:
        return None
    return session.exec(select_model(Publication).where(Publication.number == number)).one_or_none()


def replacement_of(session: Session, number: str) -> str | None:
    """The number of the correction, if there is one."""
    return session.exec(select_model(Publication.number).where(Publication.replaces == number)).one_or_none()


def publications_of(
    session: Session, unit_id: int, year: int | None = None, *, current_only: bool = False
) -> list[Listed]:
    """Everything a unit published itself, newest period first; `year` is that of the period's last day."""
    return listed(session, unit_ids=(unit_id,), year=year, current_only=current_only, limit=None)


def listed(
    session: Session,
    *,
    unit_ids: Collection[int] | None = None,
    period: str | None = None,
    year: int | None = None,
    current_only: bool = False,
    limit: int | None = PAGE_ROWS,
    offset: int = 0,
) -> list[Listed]:
    """Publications without their documents, newest period first, within one by number."""
    newer = aliased(Publication)
    statement = (
        select(Publication, Unit, Service, col(newer.number))
        .join(Unit, col(Publication.unit_id) == col(Unit.id))
        .outerjoin(Service, col(Publication.service_id) == col(Service.id))
        .outerjoin(newer, col(newer.replaces) == col(Publication.number))
        .options(defer(Publication.document))  # type: ignore[arg-type]
        .order_by(
            col(Publication.period_end).desc(),
            col(Publication.issued_at).desc(),
            col(Publication.number).desc(),
        )
    )
    if unit_ids is not None:
        statement = statement.where(col(Publication.unit_id).in_(unit_ids))
    if period is not None:
        statement = statement.where(col(Publication.period) == period)
    if year is not None:
        first, after = date(year, 1, 1), date(year + 1, 1, 1)
        statement = statement.where(col(Publication.period_end) > first, col(Publication.period_end) <= after)
    if current_only:
        statement = statement.where(col(newer.number).is_(None))
    rows: Sequence[Any] = session.execute(statement.offset(offset).limit(limit)).all()
    return [Listed(*row) for row in rows]


def latest_by_unit(session: Session) -> list[Listed]:
    """The result that counts of every unit, as `latest`, without documents and in no order."""
    place = (
        func.row_number()
        .over(
            partition_by=col(Publication.unit_id),
            order_by=(
                col(Publication.period_end).desc(),
                col(Publication.issued_at).desc(),
                col(Publication.sequence).desc(),
            ),
        )
        .label("place")
    )
    newest = select(col(Publication.number), place).where(of_service(None), counting()).subquery()
    statement = (
        select(Publication, Unit)
        .join(newest, (newest.c.number == col(Publication.number)) & (newest.c.place == 1))
        .join(Unit, col(Publication.unit_id) == col(Unit.id))
        .options(defer(Publication.document))  # type: ignore[arg-type]
    )
    return [Listed(publication, unit, None, None) for publication, unit in session.execute(statement)]


def overlapping(
    session: Session, unit_ids: Collection[int], instrument: str, start: date, end: date
) -> list[Publication]:
    """All publications of these units, corrected ones too, that count answers to `instrument` of these days."""
    statement = select_model(Publication).where(
        col(Publication.unit_id).in_(unit_ids),
        Publication.instrument == instrument,
        Publication.period_start < end,
        Publication.period_end > start,
    )
    return list(session.exec(statement.order_by(col(Publication.issued_at), col(Publication.number))))


def signed(session: Session, publication: Publication) -> Signed:
    """The publication as it is handed out."""
    key = session.get_one(SigningKey, (publication.government_id, publication.key_id))
    return Signed(
        read(publication.document),
        publication.sha256,
        publication.key_id,
        key.public_key,
        publication.signature,
    )


def keys_of(session: Session, government_id: int | None = None) -> list[tuple[SigningKey, Unit]]:
    """All keys that ever signed, of one government or of all, the newest first; their private parts stay out."""
    statement = (
        select(SigningKey, Unit)
        .join(Unit, col(SigningKey.government_id) == col(Unit.id))
        .options(defer(SigningKey.private_key))  # type: ignore[arg-type]
        .order_by(col(Unit.code), col(SigningKey.created_at).desc(), col(SigningKey.key_id))
    )
    if government_id is not None:
        statement = statement.where(col(SigningKey.government_id) == government_id)
    return [(key, unit) for key, unit in session.execute(statement)]


def key_by_id(session: Session, key_id: str) -> SigningKey | None:
    """A key of any government here."""
    return session.exec(select_model(SigningKey).where(SigningKey.key_id == key_id)).first()
