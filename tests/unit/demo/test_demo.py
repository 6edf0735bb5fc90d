"""The invented city: reproducible, in two time zones, with a story that the figures tell."""

import asyncio
from datetime import date
from fractions import Fraction

from sqlmodel import select

from app.aggregation.ranking import ranking_of
from app.aggregation.results import Question, results_of
from app.core.db import Database
from app.demo.load import GOVERNMENT, Plan, load, registry_of
from app.ikm.index import lowest
from app.ikm.periods import parse
from app.instruments.catalog import Catalog
from app.responses.tables import Response
from app.responses.verify import verify_unit
from app.units.queries import unit_by_code
from app.units.tables import Point, Service, Unit

PLAN = Plan(responses=3000, units=6, years=2, until=date(2026, 9, 30), seed=7)


def _ids(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(str(one) for one in session.exec(select(Response.id)))


def _ikm(database: Database, catalog: Catalog, code: str, period: str) -> Fraction:
    with database.read() as session:
        unit = unit_by_code(session, code)
        assert unit is not None
        index = results_of(session, catalog, unit, Question(parse(period)))[0].index
        assert index is not None
        return index.ikm


def test_the_city_tells_its_story(database: Database, catalog: Catalog) -> None:
    asyncio.run(load(database, catalog, PLAN))
    with database.read() as session:
        units = session.exec(select(Unit).where(Unit.code != GOVERNMENT)).all()
        assert len(units) == 6
        assert {unit.timezone for unit in units} == {"Asia/Makassar", "Asia/Jakarta"}
        services = session.exec(select(Service)).all()
        assert {unit.id: 3 for unit in units} == {
            unit.id: sum(one.unit_id == unit.id for one in services) for unit in units
        }
        for unit in units:
            channels = {one.channel for one in session.exec(select(Point).where(Point.unit_id == unit.id))}
            assert channels == {"qr", "kiosk", "counter", "link"}
        months = {day.replace(day=1) for day in session.exec(select(Response.local_date))}
        assert len(months) == 24
        government = unit_by_code(session, GOVERNMENT)
        assert government is not None
        ranking = ranking_of(session, catalog, government, Question(parse("2026")))
        weakest = {
            one.result.unit.code: lowest(one.result.index)[0] for one in ranking.ranked if one.result.index
        }
    assert weakest["disdukcapil"] == "waktu"
    assert weakest["rsud"] == "biaya"
    assert weakest["kecamatan-selatan"] in {"sarana", "pengaduan"}
    assert ranking.ranked[0].result.unit.code == "puskesmas-utara"
    assert _ikm(database, catalog, "dpmptsp", "2026") - _ikm(database, catalog, "dpmptsp", "2025") > 3
    for unit in units:
        assert unit.id is not None
        assert verify_unit(database, catalog, unit.id).differences == []
    before = _ids(database)
    assert len(before) == PLAN.responses
    asyncio.run(load(database, catalog, PLAN))
    assert _ids(database) == before


def test_another_seed_gives_other_answers(database: Database, catalog: Catalog) -> None:
    small = Plan(responses=200, units=8, years=1, until=date(2026, 9, 30), seed=1)
    asyncio.run(load(database, catalog, small))
    with database.read() as session:
        assert len(session.exec(select(Response)).all()) == 200
    assert len(session_units(database)) == 9
    other = Plan(responses=200, units=8, years=1, until=date(2026, 9, 30), seed=2)
    asyncio.run(load(database, catalog, other))
    assert len(_ids(database)) == 400


def session_units(database: Database) -> list[str]:
    """Codes of all units."""
    with database.read() as session:
        return list(session.exec(select(Unit.code)))


def test_fewer_and_more_units(catalog: Catalog) -> None:
    assert len(registry_of(2, catalog).units) == 3
    many = registry_of(200, catalog)
    assert len(many.units) == 201
    assert len({point.code for point in many.points}) == len(many.points)
