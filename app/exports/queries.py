"""Reading answers in bulk: what an export covers, and its rows page by page in short transactions."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row, Select, or_, select
from sqlmodel import Session, col

from app.aggregation import uncounted
from app.aggregation.results import POOLED
from app.aggregation.statistics import Selection
from app.core.errors import NotFound
from app.ikm.periods import Period
from app.responses.tables import Response, Total
from app.units import queries as unit_queries
from app.units.tables import Service, Unit

PAGE_ROWS = 2000


class Reads(Protocol):
    """What opens a reading transaction: the database."""

    def read(self) -> AbstractContextManager[Session]:
        """A session that changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class UnitHead:
    """A unit as exports print it."""

    id: int
    code: str
    name: str
    timezone: str
    address: str | None
    phone: str | None
    rollup: str = POOLED


@dataclass(frozen=True, slots=True)
class ServiceHead:
    """A service as exports print it."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Extent:
    """What an export covers: `unit`, the `units` with rows in order of their codes, perhaps one service.

    `instruments` are the refs answered in the period, by anyone in the extent, sorted.
    """

    unit: UnitHead
    units: tuple[UnitHead, ...]
    service: ServiceHead | None
    period: Period
    instruments: tuple[str, ...]


def extent(session: Session, unit: Unit, service_code: str | None, period: Period) -> Extent:
    """`unit` and all units below it, or one service of `unit`. Raises NotFound for an unknown service."""
    head = _unit_head(unit)
    if service_code is None:
        below = unit_queries.below(session, head.id)
        units = session.scalars(select(Unit).where(col(Unit.id).in_(below)).order_by(col(Unit.code)))
        heads, service = tuple(_unit_head(one) for one in units), None
    else:
        heads, service = (head,), _service_head(session, head.id, service_code)
    refs = _instruments(session, [one.id for one in heads], service, period)
    return Extent(head, heads, service, period, refs)


def _unit_head(unit: Unit) -> UnitHead:
    if unit.id is None:
        raise NotFound
    return UnitHead(unit.id, unit.code, unit.name, unit.timezone, unit.address, unit.phone, unit.rollup)


def _service_head(session: Session, unit_id: int, code: str) -> ServiceHead:
    service = unit_queries.service_by_code(session, unit_id, code)
    if service is None or service.id is None:
        raise NotFound
    return ServiceHead(service.id, service.code, service.name)


def _instruments(
    session: Session, unit_ids: Sequence[int], service: ServiceHead | None, period: Period
) -> tuple[str, ...]:
    """Refs in the months of the period, from totals, which know excluded answers too: no scan of the answers."""
    refs = select(col(Total.instrument)).where(
        col(Total.unit_id).in_(unit_ids),
        col(Total.month) >= period.start.replace(day=1),
        col(Total.month) < period.end,
    )
    if service is not None:
        refs = refs.where(col(Total.service_id) == service.id)
    return tuple(sorted(session.scalars(refs.distinct())))


def services(session: Session, covered: Extent) -> list[tuple[UnitHead, ServiceHead, bool]]:
    """The services of the extent by unit code and code, each with whether it is open."""
    by_unit: dict[int, list[Service]] = {}
    for one in unit_queries.services_of(session, [unit.id for unit in covered.units]):
        if covered.service is None or one.id == covered.service.id:
            by_unit.setdefault(one.unit_id, []).append(one)
    return [
        (unit, ServiceHead(one.id, one.code, one.name), one.active)
        for unit in covered.units
        for one in by_unit.get(unit.id, ())
        if one.id is not None
    ]


def excluded_by_service(session: Session, covered: Extent) -> dict[tuple[int, str], int]:
    """How many answers are not counted, by service id and instrument ref; those without any are absent."""
    selection = Selection(
        tuple(unit.id for unit in covered.units), covered.service.id if covered.service else None
    )
    lost = uncounted.by_service(session, selection, covered.period)
    return {(service_id, ref): count for (ref, service_id), count in lost.items() if count}


def counted_scores(covered: Extent) -> "Select[Any]":
    """The scores of the answers that count, and nothing else of them."""
    rows = select(*_columns("id", "local_date", "service_id", "instrument", "scores"))
    return _of_extent(rows, covered).where(col(Response.state) == "counted")


def _columns(*names: str) -> list[Any]:
    return [getattr(Response, name) for name in names]


def _of_extent(rows: "Select[Any]", covered: Extent) -> "Select[Any]":
    if covered.service is not None:
        rows = rows.where(col(Response.service_id) == covered.service.id)
    # A version that is first answered while the export runs has no column in it.
    return rows.where(
        col(Response.local_date) >= covered.period.start,
        col(Response.local_date) < covered.period.end,
        col(Response.instrument).in_(covered.instruments),
    )


def pages(
    database: Reads, covered: Extent, rows: "Select[Any]", page_rows: int = PAGE_ROWS
) -> Iterator[tuple[UnitHead, Sequence[Row[Any]]]]:
    """`rows` of each unit in order of unit code, local date and id, at most `page_rows` at a time.

    Every page has a transaction of its own, closed before the page is handed out: a slow reader holds
    neither a connection nor a snapshot. An answer is in exactly one page.
    """
    for unit in covered.units:
        after: tuple[date, UUID] | None = None
        while True:
            with database.read() as session:
                page = session.execute(_page(rows, unit.id, after, page_rows)).all()
            if page:
                yield unit, page
            if len(page) < page_rows:
                break
            after = (page[-1].local_date, page[-1].id)


def _page(rows: "Select[Any]", unit_id: int, after: tuple[date, UUID] | None, limit: int) -> "Select[Any]":
    rows = rows.where(col(Response.unit_id) == unit_id)
    day, id_ = col(Response.local_date), col(Response.id)
    if after is not None:
        rows = rows.where(day >= after[0], or_(day > after[0], id_ > after[1]))
    return rows.order_by(day, id_).limit(limit)
