"""A survey for holders of one-time links, as whoever opens it meets it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select
from starlette.testclient import TestClient

from app.core.db import Database
from app.responses import tickets
from app.units.service import count_change
from app.units.tables import Point, Service, Unit
from tests.conftest import NOW
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # what a browser sends and keeps: no database decides it

Opened = Callable[..., Page]
Filled = Callable[..., dict[str, str]]
Made = Callable[..., UUID]
FORM = "/s/ptsp-nib-qr"


def _point(session: Session, code: str) -> Point:
    return session.exec(select(Point).where(Point.code == code)).one()


@pytest.fixture
def made(city: Database) -> Made:
    """Makes a ticket of a point that takes holders of tickets only."""

    def make(code: str = "ptsp-nib-qr", service: str | None = None, expires: datetime | None = None) -> UUID:
        with city.write() as session:
            point = _point(session, code)
            point.tickets = True
            count_change(session)
            unit = session.get_one(Unit, point.unit_id)
            wanted = select(Service).where(Service.unit_id == unit.id, Service.code == service)
            until = expires or NOW + timedelta(hours=1)
            found = session.exec(wanted).first()
            (ticket,) = tickets.issue(session, unit, point, found, count=1, now=NOW, expires_at=until)
            return ticket.id

    return make


@pytest.mark.parametrize(
    ("language", "title", "why", "advice"),
    [
        (
            "id",
            "Tautan ini tidak berlaku",
            "hanya untuk yang menerima tautan",
            "Mintalah tautan kepada petugas",
        ),
        (
            "en",
            "This link is not valid",
            "only for those who were given a link",
            "Ask the staff who served you",
        ),
    ],
)
def test_without_a_ticket_the_page_says_what_to_do(
    opened: Opened, made: Made, language: str, title: str, why: str, advice: str
) -> None:
    made()
    for address in (f"{FORM}?lang={language}", f"{FORM}?t={uuid4()}&lang={language}"):
        page = opened(address, 422)
        assert page.title.startswith(title)
        assert why in page.text
        assert advice in page.text
        assert page.radios == {}


def test_a_ticket_opens_its_form(browser: TestClient, opened: Opened, made: Made, filled: Filled) -> None:
    ticket = made()
    page = opened(f"{FORM}?t={ticket}")
    assert page.fields["id"] == str(ticket)
    sent = browser.post(page.action, data=filled(page))
    assert sent.headers["location"] == f"{FORM}/receipt/{ticket}"


@pytest.mark.parametrize("language", ["", "en"])
def test_a_ticket_that_was_used_leads_to_its_receipt(
    browser: TestClient, app: FastAPI, opened: Opened, made: Made, filled: Filled, language: str
) -> None:
    """Even when it has expired since: what was answered is answered."""
    ticket, kept = made(), f"&lang={language}" if language else ""
    page = opened(f"{FORM}?t={ticket}")
    assert browser.post(page.action, data=filled(page)).status_code == 303
    app.state.reception.clock = lambda: NOW + timedelta(days=9)
    again = browser.get(f"{FORM}?t={ticket}{kept}")
    assert again.status_code == 303
    assert again.headers["location"] == f"{FORM}/receipt/{ticket}" + kept.replace("&", "?")
    assert "Terima kasih" in opened(f"{FORM}/receipt/{ticket}").text


def test_a_ticket_that_expired_says_so(opened: Opened, app: FastAPI, made: Made) -> None:
    ticket = made()
    opened(f"{FORM}?t={ticket}")
    app.state.reception.clock = lambda: NOW + timedelta(hours=1, seconds=1)
    page = opened(f"{FORM}?t={ticket}", 422)
    assert page.title.startswith("Tautan ini tidak berlaku")
    assert "sudah lewat masa berlakunya" in page.text
    assert "Mintalah tautan baru kepada petugas" in page.text


def test_a_ticket_of_another_point_is_none(opened: Opened, made: Made) -> None:
    made()
    assert "hanya untuk yang menerima tautan" in opened(f"{FORM}?t={made('ptsp-daring')}", 422).text


def test_a_ticket_for_a_service_chooses_it(opened: Opened, made: Made) -> None:
    open_one, for_one = made("ptsp-kios"), made("ptsp-kios", "daring")
    assert "Layanan apa yang Anda nilai?" in opened(f"/s/ptsp-kios?t={open_one}").text
    assert opened(f"/s/ptsp-kios?t={for_one}").fields["service"] == "daring"
    assert opened(f"/s/ptsp-kios?t={for_one}&service=nib").fields["service"] == "daring"


def test_programs_read_a_problem(browser: TestClient, made: Made) -> None:
    made()
    answer: Any = browser.get(FORM, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "ticket_unknown")
