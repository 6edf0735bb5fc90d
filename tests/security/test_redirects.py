"""Nobody is led astray: not to another site, not into a header, not out of the directory of files."""

from collections.abc import Callable
from urllib.parse import quote, urlsplit

import pytest
from starlette.testclient import TestClient

from app.audit.service import SYSTEM
from app.auth import passwords
from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database
from app.web.static import files
from tests.conftest import NOW

BACKENDS = ("sqlite",)  # addresses: no database decides them

PASSWORD = "kuda baterai jepitan benar"
ASTRAY = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "/petugas\r\nSet-Cookie: a=b",
    "/petugas\r\n\r\n<script>",
    "/petugas\u2028",
    "@evil.example",
    ":80",
    "/" + "a" * 5000,
]


def leads_here(location: str) -> bool:
    """Whether a browser stays on this site, by the rules of the URL standard for `Location`."""
    seen = "".join(letter for letter in location if letter not in "\t\r\n").strip().replace("\\", "/")
    return not seen.startswith("//") and urlsplit(seen).scheme == "" and seen.startswith("/")


@pytest.fixture
def ani(person: Callable[..., User], city: Database) -> User:
    """Somebody with a password."""
    user = person("ani", ("kota", Role.VIEWER))
    with city.write() as session:
        passwords.store(
            session, SYSTEM, session.get_one(User, user.id), passwords.hash_password(PASSWORD), NOW
        )
    return user


@pytest.mark.parametrize("onward", ASTRAY)
def test_signing_in_leads_nowhere_else(client: TestClient, ani: User, onward: str) -> None:
    fields = {"login": ani.name, "password": PASSWORD, "onward": onward}
    answer = client.post("/masuk", data=fields, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == "/petugas"
    assert {name for name, _ in answer.headers.multi_items()}.isdisjoint({"a", "x-evil"})
    again = client.get("/masuk", params={"onward": onward}, follow_redirects=False)
    if again.status_code == 303:
        assert leads_here(again.headers["location"])


def test_signing_in_leads_where_somebody_wanted_to_go(client: TestClient, ani: User) -> None:
    asked = client.get("/kelola/unit?x=1", headers={"Accept": "text/html"}, follow_redirects=False)
    assert asked.headers["location"] == "/masuk?onward=%2Fkelola%2Funit%3Fx%3D1"
    fields = {"login": ani.name, "password": PASSWORD, "onward": "/kelola/unit?x=1"}
    assert (
        client.post("/masuk", data=fields, follow_redirects=False).headers["location"] == "/kelola/unit?x=1"
    )


@pytest.mark.parametrize("path", ["//evil.example/", "/%2f%2fevil.example/", "/\\evil.example/", "/healthz/"])
def test_corrections_of_addresses_stay_here(client: TestClient, path: str) -> None:
    answer = client.get(f"http://testserver{path}", headers={"Accept": "text/html"}, follow_redirects=False)
    assert answer.status_code in (303, 307, 404)
    location = answer.headers.get("location", "/")
    assert urlsplit(location).netloc in ("", "testserver"), location
    assert not location.startswith("//")


@pytest.mark.parametrize("text", ["\r\nX-Evil: 1", "%0d%0aX-Evil:%201", "\u560d\u560aX-Evil: 1", "\0"])
def test_nothing_of_an_address_becomes_a_header(client: TestClient, text: str) -> None:
    for path in (
        f"/kelola/{quote(text)}",
        f"/kelola/unit?induk={quote(text)}",
        f"/s/{quote(text)}/",
        f"/s/ptsp-nib-qr?service={quote(text)}&lang={quote(text)}",
        f"/api/v1/units/{quote(text)}/exports/responses.csv?period=2026",
    ):
        answer = client.get(path, headers={"Accept": "text/html"}, follow_redirects=False)
        assert answer.status_code < 500
        assert "x-evil" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../core/settings.py",
        "/static/..%2f..%2f..%2fcore%2fsettings.py",
        "/static/%2e%2e/%2e%2e/core/settings.py",
        "/static/....//....//core/settings.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/app.css%00.svg",
        "/static/C:%5cwindows%5cwin.ini",
        "/static/",
        "/static",
        "/static/app.css",
        "/static/.git/config",
    ],
)
def test_there_is_no_way_out_of_the_files(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code in (404, 307)
    assert "location" not in answer.headers or urlsplit(answer.headers["location"]).netloc in (
        "",
        "testserver",
    )
    known = next(iter(files().values()))
    assert client.get(f"/static{known.address}").content == known.body


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.env",
        "/var/eskm.db",
        "/app/main.py",
        "/docs",
        "/redoc",
        "/server-status",
        "/metrics",
    ],
)
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


MARK = "zq7vx<'\"&"


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_errors_never_say_back_what_was_sent(
    client: TestClient, token: Callable[..., dict[str, str]], accept: str
) -> None:
    sent = quote(MARK, safe="")
    headers = {**token(), "Accept": accept, "X-Sent": quote(MARK), "User-Agent": quote(MARK)}
    for method, path in (
        ("GET", f"/{sent}"),
        ("GET", f"/s/{sent}"),
        ("GET", f"/s/ptsp-nib-qr/receipt/{sent}"),
        ("GET", f"/static/{sent}"),
        ("GET", f"/api/v1/points/{sent}"),
        ("GET", f"/api/v1/units/{sent}"),
        ("GET", f"/api/v1/units/{sent}/ikm?period=2026"),
        ("GET", f"/api/v1/units/kota/ikm?period={sent}"),
        ("GET", f"/api/v1/units/kota/ikm?period=2026&weight={sent}"),
        ("GET", f"/api/v1/units/kota/ikm/trend?by={sent}&from={sent}"),
        ("GET", f"/api/v1/units/kota/ikm/breakdown?period=2026&by={sent}"),
        ("GET", f"/api/v1/ikm?period=2026&under={sent}"),
        ("GET", f"/api/v1/units/kota/exports/responses.csv?period={sent}"),
        ("POST", f"/api/v1/responses?{sent}"),
        ("POST", f"/{sent}"),
        ("PUT", f"/api/v1/units/{sent}"),
    ):
        answer = client.request(method, path, headers=headers, content=f'{{"{MARK}": "{MARK}"}}'.encode())
        assert answer.status_code >= 400, (method, path)
        assert "zq7vx" not in answer.text, (method, path)
        assert "zq7vx" not in str(answer.headers), (method, path)
