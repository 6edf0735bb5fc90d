"""Receivers over the API and on the page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.keys import Keys
from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database
from app.core.settings import Settings
from app.webhooks import service
from app.webhooks.delivery import deliver
from app.webhooks.tables import Webhook
from tests.conftest import NOW
from tests.web.markup import Page
from tests.webhooks.conftest import Receiver

PATH = "/api/v1/units/ptsp/webhooks"
WANTED = {
    "name": "Situs kota",
    "url": "https://situs.example/a/rahasia",
    "events": ["ikm.fell", "result.published"],
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Receivers may lie on this machine."""
    return settings.model_copy(update={"webhooks_private": True})


@pytest.fixture
def admin(token: Callable[..., dict[str, str]]) -> dict[str, str]:
    """A program of an administrator of ptsp."""
    return token("ptsp", Role.ADMIN)


@pytest.fixture
def browser(person: Callable[..., User], signed_in: Callable[..., dict[str, str]]) -> dict[str, str]:
    """An administrator of ptsp at a desk."""
    return signed_in(person("tuan", ("ptsp", Role.ADMIN)))


def test_from_making_to_removing(client: TestClient, admin: dict[str, str], city: Database) -> None:
    made = client.post(PATH, json=WANTED, headers=admin)
    assert made.status_code == 201
    found = made.json()
    assert found["secret"].startswith("whsec_")
    assert found["events"] == ["result.published", "ikm.fell"], "in the order of the documentation"
    listed = client.get(PATH, headers=admin)
    assert found["secret"] not in listed.text
    assert [one["id"] for one in listed.json()["webhooks"]] == [found["id"]]
    one = f"{PATH}/{found['id']}"
    changed = client.put(one, json=WANTED | {"active": False, "name": "Lain"}, headers=admin)
    assert (changed.json()["name"], changed.json()["paused"]) == ("Lain", "person")
    assert client.delete(one, headers=admin).status_code == 204
    assert client.delete(one, headers=admin).status_code == 204
    assert client.get(PATH, headers=admin).json() == {"webhooks": []}
    refused = client.post(f"{one}/ping", headers=admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "webhook_removed")
    with city.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.subject == f"webhook:{found['id']}")).all()
    assert [entry.action for entry in entries] == ["webhook.added", "webhook.changed", "webhook.removed"]
    assert entries[0].details["site"] == "situs.example"
    assert not any("rahasia" in str(entry.details) for entry in entries)


def test_what_is_refused(client: TestClient, admin: dict[str, str]) -> None:
    bad = {"name": "", "url": "ftp://x", "events": ["lain"]}
    answer = client.post(PATH, json=bad, headers=admin)
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == [
        "name_invalid",
        "address_refused",
        "events_invalid",
    ]
    for number in range(20):
        assert client.post(PATH, json=WANTED | {"name": str(number)}, headers=admin).status_code == 201
    full = client.post(PATH, json=WANTED, headers=admin)
    assert (full.status_code, full.json()["code"]) == (409, "webhooks_full")


def test_the_unit_next_door(client: TestClient, admin: dict[str, str], token: Callable[..., Any]) -> None:
    made = client.post(PATH, json=WANTED, headers=admin).json()
    neighbour = token("timur", Role.ADMIN)
    assert client.get(f"{PATH}/{made['id']}/deliveries", headers=neighbour).status_code == 404
    assert client.delete(f"/api/v1/units/timur/webhooks/{made['id']}", headers=neighbour).status_code == 404


def test_the_log_and_sending_again(
    client: TestClient, admin: dict[str, str], city: Database, receiver: Receiver
) -> None:
    made = client.post(PATH, json=WANTED | {"url": receiver.url}, headers=admin).json()
    one = f"{PATH}/{made['id']}"
    assert client.post(f"{one}/ping", headers=admin).status_code == 202
    receiver.planned = [500]
    keys: Keys = client.app.state.keys  # type: ignore[attr-defined]
    deliver(city, keys, lambda: NOW, private=True)
    [message] = client.get(f"{one}/deliveries", headers=admin).json()["deliveries"]
    assert (message["event"], message["state"]) == ("ping", "waiting")
    assert [attempt["status"] for attempt in message["attempts"]] == [500]
    assert datetime.fromisoformat(message["next_at"]) > NOW
    again = client.post(f"{one}/deliveries/{message['id']}/retry", headers=admin)
    assert again.status_code == 202
    deliver(city, keys, lambda: NOW, private=True)
    [message] = client.get(f"{one}/deliveries", headers=admin).json()["deliveries"]
    assert (message["state"], message["next_at"]) == ("delivered", None)
    assert [attempt["status"] for attempt in message["attempts"]] == [500, 200]


def test_the_page(client: TestClient, browser: dict[str, str], city: Database, receiver: Receiver) -> None:
    assert "Belum ada penerima" in client.get("/kelola/penerima", headers=browser).text
    fields = {"name": "Situs", "url": receiver.url, "unit": "ptsp", "events": ["ikm.fell"]}
    wrong = client.post(
        "/kelola/penerima/baru", data=fields | {"url": "gopher://a", "unit": ""}, headers=browser
    )
    assert wrong.status_code == 422
    page = Page(wrong.text)
    assert "gopher://a" in wrong.text
    assert "Pilih unit yang diberitakan." in page.text
    made = client.post("/kelola/penerima/baru", data=fields, headers=browser)
    assert "whsec_" in made.text
    with city.read() as session:
        webhook = session.exec(select(Webhook)).one()
    place = f"/kelola/penerima/{webhook.id}"
    sent = client.post(f"{place}/coba", headers=browser, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{place}?done=pinged")
    deliver(city, client.app.state.keys, lambda: NOW, private=True)  # type: ignore[attr-defined]
    shown = Page(client.get(place, headers=browser).text)
    assert "Percobaan" in shown.text
    assert "Diterima" in shown.text
    other = {"name": "Baru", "url": receiver.url, "events": ["ikm.fell"]}
    client.post(place, data=other, headers=browser, follow_redirects=False)
    assert "Baru" in client.get(place, headers=browser).text
    with city.read() as session:
        assert session.exec(select(Webhook.paused_reason)).one() == "person"
    removed = client.post(f"{place}/hapus", headers=browser, follow_redirects=False)
    assert "Penerima dihapus" in client.get(removed.headers["location"], headers=browser).text
    assert "catatan pesannya" in client.get(place, headers=browser).text
    with city.read() as session:
        assert service.webhooks_of(session, [webhook.unit_id]) == []
