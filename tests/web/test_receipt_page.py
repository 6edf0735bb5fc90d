"""The receipt says that an answer arrived, and nothing of what was answered."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.core.db import Database
from app.units.tables import Point
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Opened = Callable[..., Page]


@pytest.fixture
def sent(client: TestClient, body: Callable[..., dict[str, Any]]) -> dict[str, str]:
    """An answer that was stored through the API: its id and receipt."""
    profile = {"sex": "P", "age": 41, "education": "S2", "occupation": "POLRI", "disability": True}
    answer = client.post(
        "/api/v1/responses",
        json=body(point="timur-arsip-qr", comment="rahasia sekali", profile=profile, seconds=77),
    )
    assert answer.status_code == 201
    return dict(answer.json())


def test_the_receipt_shows_code_place_and_local_time(opened: Opened, sent: dict[str, str]) -> None:
    """Received at 03:00 UTC on 15 October 2026, which is noon in Jayapura (UTC+9)."""
    page = opened(f"/s/timur-arsip-qr/receipt/{sent['id']}")
    assert sent["receipt"] in page.text
    assert "Kantor Timur, Arsip" in page.text
    assert "15 Oktober 2026 pukul 12.00 WIT." in page.text
    assert page.links["Buka LAPOR!"] == "https://www.lapor.go.id"
    assert page.links["Kirim SMS ke 1708"] == "sms:1708"
    assert page.links["pilih unit di sini"] == "/"
    english = opened(f"/s/timur-arsip-qr/receipt/{sent['id']}?lang=en")
    assert "15 October 2026 at 12:00 WIT" in english.text
    assert sent["receipt"] in english.text


def test_the_receipt_reveals_no_answer(browser: TestClient, sent: dict[str, str]) -> None:
    answer = browser.get(f"/s/timur-arsip-qr/receipt/{sent['id']}")
    page = Page(answer.text)
    for word in ("rahasia", "41", "S2", "POLRI", "Perempuan", "77", "Sesuai", "Mudah", "Berfungsi"):
        assert word not in page.text.replace(sent["receipt"], ""), word
    assert page.fields == {}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert page.having("meta", name="robots", content="noindex")


def test_no_receipt_for_what_was_not_stored_there(opened: Opened, sent: dict[str, str]) -> None:
    for address in (
        f"/s/timur-arsip-qr/receipt/{uuid4()}",
        "/s/timur-arsip-qr/receipt/bukan-nomor",
        f"/s/ptsp-nib-qr/receipt/{sent['id']}",  # another unit
        f"/s/tidak-ada/receipt/{sent['id']}",
    ):
        page = opened(address, 404)
        assert sent["receipt"] not in page.text


def test_a_receipt_outlives_its_point(city: Database, opened: Opened, sent: dict[str, str]) -> None:
    with city.write() as session:
        session.exec(select(Point).where(Point.code == "timur-arsip-qr")).one().active = False
    assert sent["receipt"] in opened(f"/s/timur-arsip-qr/receipt/{sent['id']}").text
