"""Points that used to send and have stopped; kiosks that are not heard from."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from app.audit.service import SYSTEM
from app.core.db import Database
from app.instruments.catalog import Catalog
from app.kiosks.tables import Device
from app.responses.tables import Response
from app.units.tables import Point, Service
from app.webhooks import service
from app.webhooks.detection import tell_findings
from app.webhooks.silence import Silence, silent, working_days
from app.webhooks.tables import WebhookDelivery
from tests.conftest import ELEMENTS, NOW
from tests.webhooks.test_delivery import made

# In the unit's zone it is Thursday, 15 October 2026.
TODAY = date(2026, 10, 15)


def answers(session: Session, code: str, days: Sequence[date]) -> Point:
    point = session.exec(select(Point).where(Point.code == code)).one()
    service_id = (
        point.service_id or session.exec(select(Service.id).where(Service.unit_id == point.unit_id)).first()
    )
    for day in days:
        at = datetime.combine(day, NOW.timetz())
        session.add(
            Response(
                unit_id=point.unit_id,
                id=uuid4(),
                point_id=point.id,
                service_id=service_id,
                instrument="skm-2017@1",
                channel=point.channel,
                answered_at=at,
                local_date=day,
                received_at=at,
                scores=dict.fromkeys(ELEMENTS, 3),
                respondent_mean=3 * 45360,
                digest=b"0" * 16,
            )
        )
    session.flush()
    return point


def weekdays(last: date, count: int) -> list[date]:
    days = [last - timedelta(days=number) for number in range(60)]
    return [day for day in days if day.weekday() < 5][:count]


@pytest.mark.parametrize(
    ("last", "count", "is_silent"),
    [
        (date(2026, 10, 7), 8, True),  # Thursday 8, Friday 9, Monday 12, Tuesday 13, Wednesday 14: five days
        (date(2026, 10, 8), 8, False),  # four
        (date(2026, 10, 7), 7, False),  # never was regular
        (date(2026, 8, 20), 20, True),
        (date(2026, 8, 5), 20, False),  # so long ago that it is no news
    ],
)
def test_points(city: Database, last: date, count: int, is_silent: bool) -> None:
    with city.write() as session:
        point = answers(session, "ptsp-nib-qr", weekdays(last, count))
        found = silent(session, [point.unit_id], NOW)
        expected = Silence(point.unit_id, "ptsp-nib-qr", "qr", last)
        assert found == ([expected] if is_silent else [])


def test_a_closed_point_is_not_missed(city: Database) -> None:
    with city.write() as session:
        point = answers(session, "ptsp-nib-qr", weekdays(date(2026, 10, 1), 15))
        point.active = False
        session.add(point)
        session.flush()
        assert silent(session, [point.unit_id], NOW) == []


@pytest.mark.parametrize(("hours", "is_silent"), [(25, True), (23, False), (None, False)])
def test_kiosks(city: Database, kiosk: Callable[..., Any], hours: int | None, is_silent: bool) -> None:
    kiosk("ptsp-kios")
    with city.write() as session:
        device = session.exec(select(Device)).one()
        device.last_seen_at = NOW - timedelta(hours=hours) if hours is not None else None
        session.add(device)
        session.flush()
        found = silent(session, [device.unit_id], NOW)
        assert [one.device for one in found] == ([device.name] if is_silent else [])


def test_working_days() -> None:
    friday, monday = date(2026, 10, 9), date(2026, 10, 12)
    assert working_days(friday, monday) == 0
    assert working_days(friday, monday + timedelta(days=1)) == 1
    assert working_days(friday - timedelta(days=7), monday) == 5
    assert working_days(friday, friday) == 0


def test_it_is_told_once(city: Database, catalog: Catalog) -> None:
    with city.write() as session:
        answers(session, "ptsp-nib-qr", weekdays(date(2026, 10, 1), 15))
        made(session, "http://127.0.0.1:9/")
        paused, _ = made(session, "http://127.0.0.1:9/", "Diam")
        pause(session, paused)
    assert tell_findings(city, catalog, NOW) == 1
    assert tell_findings(city, catalog, NOW + timedelta(days=1)) == 0
    with city.read() as session:
        delivery = session.exec(select(WebhookDelivery)).one()
        assert delivery.event == "point.silent"
        for words in ('"code":"ptsp"', '"point":"ptsp-nib-qr"', '"last_answer_on":"2026-10-01"'):
            assert words in delivery.body


def pause(session: Session, webhook: Any) -> None:
    service.change(
        session,
        SYSTEM,
        webhook,
        NOW,
        name=webhook.name,
        url=webhook.url,
        events=webhook.events,
        active=False,
        private=True,
    )
