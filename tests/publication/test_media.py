"""The register of media: written down with proof, looked at over a real connection, within one's units."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database
from app.publication.tables import Medium
from tests.publication.conftest import Answered, Issued

Headers = dict[str, str]
API = "/api/v1/units/ptsp/media"
PAGE = "/petugas/unit/ptsp/media"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


class Site(BaseHTTPRequestHandler):
    """A page that is there, one that is gone, one that leads on."""

    def do_GET(self) -> None:
        self.send_response({"/ada": 200, "/pindah": 302}.get(self.path, 404))
        if self.path == "/pindah":
            self.send_header("Location", "/ada")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Silent."""


@pytest.fixture
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def number(answered: Answered, issued: Issued) -> str:
    """The number of a published result of `ptsp`."""
    answered(12)
    return issued().number


@pytest.fixture
def head(token: Callable[..., Headers]) -> Headers:
    return token("ptsp", Role.UNIT_HEAD)


def form(number: str, /, **fields: str) -> dict[str, str]:
    shows = dict.fromkeys(("shows_method", "shows_process", "shows_result"), "1")
    about = {"number": number, "kind": "website", "shown_on": "2026-10-02", "place": "Situs kota"}
    return {**about, "address": "https://kota.example/skm", **shows, **fields}


def private(client: TestClient) -> None:
    app: Any = client.app
    app.state.settings = app.state.settings.model_copy(update={"webhooks_private": True})


@pytest.mark.parametrize(
    ("path", "status", "reachable"), [("/ada", 200, True), ("/pindah", 200, True), ("/hilang", 404, False)]
)
def test_an_address_is_looked_at(
    client: TestClient, head: Headers, number: str, site: str, path: str, status: int, reachable: bool
) -> None:
    private(client)
    made = client.post(API, data=form(number, address=site + path), headers=head)
    assert made.status_code == 201, made.text
    assert (made.json()["reachable"], made.json()["counts"]) == (None, True)
    seen = client.post(f"{API}/{made.json()['id']}/check", headers=head).json()
    assert (seen["status"], seen["reachable"], seen["reason"]) == (status, reachable, None)
    assert client.get(API, headers=head).json()["media"] == [seen]


def test_nothing_answers(client: TestClient, head: Headers, number: str) -> None:
    private(client)
    made = client.post(API, data=form(number, address="http://127.0.0.1:9/"), headers=head).json()
    seen = client.post(f"{API}/{made['id']}/check", headers=head).json()
    assert (seen["status"], seen["reachable"], seen["reason"]) == (None, False, "connection")


@pytest.mark.parametrize("address", ["http://127.0.0.1/", "ftp://kota.example/", "javascript:alert(1)"])
def test_addresses_inside_are_refused(
    client: TestClient, head: Headers, number: str, address: str, city: Database
) -> None:
    refused = client.post(API, data=form(number, address=address), headers=head)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "address_refused"
    with city.read() as session:
        assert session.exec(select(Medium)).all() == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "radio"}, "medium_kind"),
        ({"number": "SKM/kota/2026/9999"}, "publication_unknown"),
        ({"number": "a\0"}, "publication_unknown"),
        ({"place": " "}, "place_missing"),
        ({"place": "a\0"}, "place_missing"),
        ({"shown_on": "2026-10-16"}, "day_invalid"),
        ({"shown_on": "kemarin"}, "day_invalid"),
        ({"address": ""}, "evidence_missing"),
    ],
)
def test_what_is_wrong_is_named(
    client: TestClient, head: Headers, number: str, fields: dict[str, str], code: str
) -> None:
    refused = client.post(API, data=form(number, **fields), headers=head)
    assert refused.status_code == 422
    assert [one["code"] for one in refused.json()["errors"]] == [code]


def test_a_photo_is_evidence_and_a_document_is_not(client: TestClient, head: Headers, number: str) -> None:
    hostile = "../../=HYPERLINK(1).png"
    sent = {"berkas": (hostile, BytesIO(PNG), "image/png")}
    made = client.post(API, data=form(number, address="", kind="billboard"), files=sent, headers=head)
    assert made.status_code == 201, made.text
    photo = client.get(made.json()["photo"], headers=head)
    assert photo.content == PNG
    assert ".." not in photo.headers["content-disposition"]
    missing = client.post(f"{API}/{made.json()['id']}/check", headers=head)
    assert missing.json()["errors"][0]["code"] == "address_missing"
    document = {"berkas": ("a.pdf", BytesIO(b"%PDF-1.7"), "application/pdf")}
    refused = client.post(API, data=form(number), files=document, headers=head)
    assert refused.json()["errors"][0]["code"] == "photo_kind"


def test_on_pages(
    app: FastAPI,
    client: TestClient,
    person: Callable[..., User],
    signed_in: Callable[..., Headers],
    number: str,
    city: Database,
) -> None:
    browser = signed_in(person("kepala", ("ptsp", Role.UNIT_HEAD), home="ptsp"))
    typed = form(number, place="<b>Koran</b>", kind="print", shows_process="0", address="")
    again = client.post(PAGE, data=typed, headers=browser)
    assert again.status_code == 422
    assert 'value="&lt;b&gt;Koran&lt;/b&gt;"' in again.text
    client.post(PAGE, data={**typed, "address": "https://koran.example/1"}, headers=browser)
    shown = client.get(PAGE, headers=browser).text
    assert "Media cetak: <bdi>&lt;b&gt;Koran&lt;/b&gt;</bdi>" in shown
    assert "Belum dihitung: belum memuat proses." in shown
    with city.read() as session:
        row = session.exec(select(Medium)).one()
    client.post(f"{PAGE}/{row.id}/hapus", headers=browser)
    assert "Koran" not in client.get(PAGE, headers=browser).text
    client.post(f"{PAGE}/{row.id}/hapus", headers=browser)  # pressed twice
    with city.read() as session:
        assert session.exec(select(Medium.removed_at)).one() is not None
        actions = session.exec(select(AuditEntry.action)).all()
    assert (actions.count("medium.added"), actions.count("medium.removed")) == (1, 1)


def test_next_door_nothing_is_there(
    client: TestClient, token: Callable[..., Headers], head: Headers, number: str
) -> None:
    made = client.post(API, data=form(number), headers=head).json()
    sibling = token("timur", Role.ADMIN)
    assert client.get(API, headers=sibling).status_code == 404
    assert client.post(API, data=form(number), headers=sibling).status_code == 404
    assert client.post(f"{API}/{made['id']}/check", headers=sibling).status_code == 404
    own = f"/api/v1/units/timur/media/{made['id']}/check"
    assert client.post(own, headers=sibling).status_code == 404
