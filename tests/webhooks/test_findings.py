"""Published results, reached targets and fallen figures: found, told once, with the figures that are printed."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from app.core.db import Database
from app.instruments.catalog import Catalog
from app.plans.tables import Plan
from app.publication.tables import Publication
from app.responses.tables import Tally, Total
from app.units.queries import unit_by_code
from app.units.tables import Service
from app.webhooks.detection import tell_findings, tell_news
from app.webhooks.tables import WebhookDelivery
from tests.conftest import ELEMENTS, NOW
from tests.webhooks.test_delivery import made

ONE = 45360  # an index of 1, as respondents' means are stored


def month(session: Session, first: date, answers: dict[int, int]) -> int:
    """Answers of a month to the service nib of ptsp, each the same score nine times: how many of which score."""
    service = session.exec(select(Service).where(Service.code == "nib")).one()
    key: dict[str, Any] = {
        "unit_id": service.unit_id,
        "service_id": service.id,
        "month": first,
        "instrument": "skm-2017@1",
    }
    counts = {f"c{score}": count for score, count in answers.items()}
    session.add_all(Tally(**key, question=question, **counts) for question in ELEMENTS)
    session.add(
        Total(
            **key,
            responses=sum(answers.values()),
            sum=sum(score * ONE * count for score, count in answers.items()),
            squares=sum((score * ONE) ** 2 * count for score, count in answers.items()),
        )
    )
    return service.unit_id


def messages(session: Session) -> list[dict[str, Any]]:
    return [
        json.loads(one.body) for one in session.exec(select(WebhookDelivery).order_by(WebhookDelivery.id))
    ]


@pytest.mark.parametrize(
    ("later", "told"),
    [
        # 40 times 4 and 60 times 3, then the other way round with 2: 3.4 to 2.4, far beyond chance.
        ({3: 40, 2: 60}, True),
        # 3.4 to 3.36: chance.
        ({4: 36, 3: 64}, False),
        # It rose.
        ({4: 90, 3: 10}, False),
    ],
)
def test_a_fall(city: Database, catalog: Catalog, later: dict[int, int], told: bool) -> None:
    with city.write() as session:
        month(session, date(2026, 5, 1), {4: 40, 3: 60})
        month(session, date(2026, 8, 1), later)
        made(session, "http://127.0.0.1:9/")
    assert tell_findings(city, catalog, NOW) == int(told)
    assert tell_findings(city, catalog, NOW + timedelta(days=1)) == 0
    with city.read() as session:
        for message in messages(session):
            assert message["type"] == "ikm.fell"
            assert message["data"] == {
                "unit": {"code": "ptsp", "name": "Pelayanan Terpadu"},
                "instrument": "skm-2017@1",
                "before": {"period": "2026-Q2", "respondents": 100, "ikm": 85.0},
                "after": {"period": "2026-Q3", "respondents": 100, "ikm": 60.0},
                "difference": -25.0,
            }


def test_an_old_fall_is_no_news(city: Database, catalog: Catalog) -> None:
    with city.write() as session:
        month(session, date(2026, 5, 1), {4: 40, 3: 60})
        month(session, date(2026, 8, 1), {3: 40, 2: 60})
        made(session, "http://127.0.0.1:9/")
    assert tell_findings(city, catalog, NOW + timedelta(days=31)) == 0


@pytest.mark.parametrize(("target", "told"), [(100, True), (101, False)])
def test_a_target(city: Database, catalog: Catalog, target: int, told: bool) -> None:
    with city.write() as session:
        unit_id = month(session, date(2026, 10, 1), {4: 40, 3: 60})
        session.add(
            Plan(
                unit_id=unit_id,
                id=uuid4(),
                period="2026-Q4",
                first_day=date(2026, 10, 1),
                last_day=date(2026, 12, 31),
                population=400,
                population_origin="stated",
                method="own_number",
                target=target,
                created_at=NOW,
                changed_at=NOW,
            )
        )
        made(session, "http://127.0.0.1:9/")
    # The window is made of whole months, so the totals are all that is read.
    assert tell_news(city, catalog, NOW) == int(told)
    assert tell_news(city, catalog, NOW + timedelta(hours=1)) == 0
    with city.read() as session:
        for message in messages(session):
            assert (message["type"], message["data"]["answers"]) == ("target.reached", 100)


def test_a_publication(city: Database, catalog: Catalog) -> None:
    def publish(session: Session, number: int, days: int) -> None:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        session.add(
            Publication(
                unit_id=unit.id,
                number=f"SKM/kota/2026/000{number}",
                government_id=unit.parent_id,
                year=2026,
                sequence=number,
                period="2026-Q3",
                period_start=date(2026, 7, 1),
                period_end=date(2026, 10, 1),
                instrument="skm-2017@1",
                categories="2017",
                respondents=29,
                ikm="91.48",
                mutu="A",
                issued_at=NOW + timedelta(days=days),
                issued_on=NOW.date(),
                key_id="k",
                sha256="ab",
                signature="s",
                document="{}",
            )
        )

    with city.write() as session:
        publish(session, 1, -1)
        made(session, "http://127.0.0.1:9/")
        publish(session, 2, 1)
    assert tell_news(city, catalog, NOW + timedelta(days=2)) == 1
    assert tell_news(city, catalog, NOW + timedelta(days=3)) == 0
    with city.read() as session:
        [message] = messages(session)
        assert message["type"] == "result.published"
        assert message["data"]["number"] == "SKM/kota/2026/0002"
        assert (message["data"]["ikm"], message["data"]["mutu"]) == (91.48, "A")
