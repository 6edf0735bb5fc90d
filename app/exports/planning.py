"""From what somebody asks for to a recipe: columns and labels, services and points, and how many answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, make_url, select
from sqlmodel import Session, col

from app.aggregation.period_picker import period_name
from app.aggregation.statistics import Selection, spans
from app.core.messages import translate
from app.exports.cells import Locale
from app.exports.columns import columns_of
from app.exports.queries import Extent
from app.exports.recipe import Format, Recipe, UnitPart
from app.instruments.catalog import Catalog
from app.instruments.model import in_language
from app.responses.tables import Response, Total
from app.units import queries as unit_queries
from app.units.tables import Point


def recipe_of(
    session: Session,
    catalog: Catalog,
    database_url: str,
    covered: Extent,
    form: Format,
    *,
    comments: bool,
    locale: Locale = "en",
    language: str = "id",
) -> Recipe:
    """What another process needs to make this export. Raises UnknownInstrument."""
    instruments = [catalog.get(ref) for ref in covered.instruments]
    titles = ", ".join(f"{in_language(one.title, language)} ({one.ref})" for one in instruments)
    about = (
        (translate("Unit", language), covered.unit.name),
        (
            translate("Layanan", language),
            covered.service.name if covered.service else translate("Semua layanan", language),
        ),
        (translate("Periode", language), f"{period_name(covered.period, language)} ({covered.period.code})"),
        (translate("Kuesioner", language), titles or "–"),
    )
    return Recipe(
        address=_address(database_url),
        format=form,
        locale=locale,
        start=covered.period.start,
        end=covered.period.end,
        service_id=covered.service.id if covered.service else None,
        instruments=covered.instruments,
        columns=columns_of(instruments, language, comments=comments),
        units=_parts(session, covered),
        about=about,
        language=language,
    )


def answers_in(session: Session, covered: Extent) -> int:
    """How many answers the extent has, excluded ones included: whole months from totals, the rest by index."""
    selection = Selection(
        tuple(unit.id for unit in covered.units), covered.service.id if covered.service else None
    )
    months, edges = spans(covered.period)
    found = 0
    if months is not None:
        number = select(func.coalesce(func.sum(Total.responses + Total.excluded), 0)).where(
            col(Total.month) >= months[0], col(Total.month) < months[1]
        )
        found += int(session.execute(selection.of(Total, number)).scalar_one())
    for start, end in edges:
        rows = select(func.count()).where(col(Response.local_date) >= start, col(Response.local_date) < end)
        found += int(session.execute(selection.of(Response, rows)).scalar_one())
    return found


def _parts(session: Session, covered: Extent) -> tuple[UnitPart, ...]:
    ids = [unit.id for unit in covered.units]
    services: dict[int, list[tuple[int, str, str]]] = {}
    for service in unit_queries.services_of(session, ids):
        if service.id is not None:
            services.setdefault(service.unit_id, []).append((service.id, service.code, service.name))
    points = _points(session, ids)
    return tuple(
        UnitPart(
            unit.id,
            unit.code,
            unit.name,
            unit.timezone,
            tuple(services.get(unit.id, ())),
            tuple(points.get(unit.id, ())),
        )
        for unit in covered.units
    )


def _points(session: Session, unit_ids: Sequence[int]) -> Mapping[int, list[tuple[int, str]]]:
    wanted: Any = select(col(Point.unit_id), col(Point.id), col(Point.code)).order_by(col(Point.id))
    found: dict[int, list[tuple[int, str]]] = {}
    for unit_id, id_, code in session.execute(wanted.where(col(Point.unit_id).in_(unit_ids))):
        found.setdefault(unit_id, []).append((id_, code))
    return found


def _address(database_url: str) -> str:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
