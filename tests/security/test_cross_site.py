"""What a browser says of where a request comes from, and what we make of it."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import text
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database
from app.core.security import is_cross_site
from tests.security.conftest import PUBLIC

BACKENDS = ("sqlite",)  # addresses and headers: no database decides them

Pairs = Sequence[tuple[str, str]]
HOST = ("host", "skm.kota.example")


def says(*pairs: tuple[str, str], only_tls: bool = False) -> bool:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in (HOST, *pairs)]
    return is_cross_site(Headers(raw=raw), only_tls=only_tls)


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("sec-fetch-site", "same-origin")],
        [("sec-fetch-site", "none")],
        # A page without a referrer sends Origin: null even to itself; Sec-Fetch-Site knows better.
        [("sec-fetch-site", "same-origin"), ("origin", "null")],
        [("origin", "https://skm.kota.example")],
        [("origin", "https://SKM.kota.example")],
    ],
)
def test_our_own_pages_and_programs(pairs: Pairs) -> None:
    assert not says(*pairs)
    assert not says(*pairs, only_tls=True)


@pytest.mark.parametrize(
    "pairs",
    [
        [("sec-fetch-site", "cross-site")],
        [("sec-fetch-site", "same-site")],  # a sibling below the same domain, which may belong to anybody
        [("sec-fetch-site", "")],
        [("sec-fetch-site", "Same-Origin, cross-site")],
        [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        [("sec-fetch-site", "cross-site"), ("origin", "https://skm.kota.example")],
        [("origin", "null")],
        [("origin", "")],
        [("origin", "https://evil.example")],
        [("origin", "https://skm.kota.example.evil.example")],
        [("origin", "https://evil.example/skm.kota.example")],
        [("origin", "https://skm.kota.example:8443")],
        [("origin", "https://kota.example")],
        [("origin", "ftp://skm.kota.example")],
        [("origin", "skm.kota.example")],
        [("origin", "https://skm.kota.example"), ("origin", "https://evil.example")],
        [("origin", "https://skm.kota.example https://evil.example")],
    ],
)
def test_everybody_else(pairs: Pairs) -> None:
    assert says(*pairs)
    assert says(*pairs, only_tls=True)


def test_a_page_in_clear_is_another_site_where_there_is_tls() -> None:
    """Whoever sits on the line can write what a page in clear says."""
    assert not says(("origin", "http://skm.kota.example"))
    assert says(("origin", "http://skm.kota.example"), only_tls=True)
    on_the_machine = Headers({"host": "localhost:8000", "origin": "http://localhost:8000"})
    assert not is_cross_site(on_the_machine, only_tls=True)


@pytest.fixture
def signed(person: Callable[..., User], signed_in: Callable[..., dict[str, str]]) -> dict[str, str]:
    """A browser in which an administrator is signed in."""
    return signed_in(person("kepala", ("kota", Role.ADMIN)))


def running(database: Database) -> int:
    with database.read() as session:
        return session.scalar(text("SELECT count(*) FROM login_session WHERE ended_at IS NULL")) or 0


def test_a_form_of_another_site_signs_nobody_out(
    client: TestClient, signed: dict[str, str], city: Database
) -> None:
    foreign = {"Origin": "https://evil.example"}
    refused = client.post("/keluar", headers={**signed, **foreign}, follow_redirects=False)
    assert refused.status_code == 403
    assert refused.headers["content-type"].startswith("text/html")
    assert "set-cookie" not in refused.headers
    assert running(city) == 1
    own = {"Origin": "http://testserver"}
    assert client.post("/keluar", headers={**signed, **own}, follow_redirects=False).status_code == 303
    assert running(city) == 0


def test_a_form_of_another_site_signs_nobody_in(client: TestClient, city: Database) -> None:
    """Otherwise somebody could work, unknowingly, in an account that is not theirs."""
    fields = {"login": "kepala", "password": "correct horse battery staple"}
    for foreign in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        assert client.post("/masuk", data=fields, headers=foreign).status_code == 403
    with city.read() as session:
        assert session.scalar(text("SELECT count(*) FROM sign_in_failure")) == 0


def test_programs_with_a_token_are_no_browsers(
    client: TestClient, kiosk: Callable[..., dict[str, str]], token: Callable[..., dict[str, str]]
) -> None:
    assert client.post("/api/v1/kiosk/heartbeat", json={"queue": 0}, headers=kiosk()).status_code == 200
    assert client.get("/api/v1/units", headers=token()).status_code == 200


def test_production_takes_answers_over_tls_alone_from_browsers(
    public: TestClient, body: Callable[..., dict[str, Any]]
) -> None:
    clear = {"Origin": PUBLIC.replace("https", "http")}
    assert public.post("/api/v1/responses", json=body(), headers=clear).status_code == 403
    assert public.post("/api/v1/responses", json=body(), headers={"Origin": PUBLIC}).status_code == 201
