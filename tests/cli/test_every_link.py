"""The demonstration city as a visitor sees it who opens every kind of page and sends every form as it stands.

On PostgreSQL: modules that look closer at pages run on SQLite, so here every statement behind them meets a server.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.testclient import TestClient
from typer.testing import Result

from app.auth.demonstration import PASSPHRASE
from app.core.settings import Settings
from app.factory import create_app

BACKENDS = ("postgresql",)
PLAN = ("demo", "--responses", "600", "--units", "2", "--years", "2")
STARTS = ("/", "/ikm", "/petugas", "/kelola", "/akun", "/docs")
SIGNED_OUT = re.compile(r"/keluar|/akun/(sesi|kata-sandi|faktor)|/bahasa")


@dataclass
class Links(HTMLParser):
    """Addresses that a page leads to, and its forms with what they would send."""

    html: str
    hrefs: list[str] = field(default_factory=list)
    forms: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._form: dict[str, str] | None = None
        self._select: str | None = None
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in ("a", "link", "img", "iframe", "script"):
            self.hrefs += [found[name] for name in ("href", "src") if name in found]
        elif tag == "form":
            self._form = {}
            self.forms.append((found.get("method", "get").lower(), found.get("action", ""), self._form))
        elif self._form is not None and "name" in found:
            self._field(tag, found)
        elif tag == "option" and self._form is not None and self._select:
            chosen = found.get("value", "")
            self._form[self._select] = chosen if "selected" in found else self._form.get(self._select, chosen)

    def _field(self, tag: str, found: dict[str, str]) -> None:
        assert self._form is not None
        kind = found.get("type", "")
        self._select = found["name"] if tag == "select" else None
        if tag == "textarea" or (tag == "input" and kind not in ("radio", "checkbox", "file", "submit")):
            self._form[found["name"]] = found.get("value", "")
        elif kind in ("radio", "checkbox") and "checked" in found:
            self._form[found["name"]] = found.get("value", "on")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None


@dataclass
class Visitor:
    """Opens what is new: one address of a route with the same names of parameters is enough."""

    client: TestClient
    patterns: list[tuple[str, re.Pattern[str]]]
    seen: Counter[str] = field(default_factory=Counter)
    kinds: set[str] = field(default_factory=set)
    forms: dict[tuple[str, frozenset[str]], tuple[str, dict[str, str]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def kind(self, address: str) -> str | None:
        """The route that answers an address of ours."""
        path = urlsplit(address).path
        return next((name for name, pattern in self.patterns if pattern.fullmatch(path)), None)

    def walk(self, starts: tuple[str, ...]) -> None:
        """Open these and everything that they lead to."""
        waiting = list(starts)
        while waiting:
            address = waiting.pop(0)
            if self.is_new(address):
                waiting += self.open(address)

    def is_new(self, address: str) -> bool:
        """Whether nothing of its kind was seen."""
        kind = self.kind(address)
        if kind is None or not address.startswith("/"):
            return False
        names = sorted(part.partition("=")[0] for part in urlsplit(address).query.split("&"))
        self.seen[f"{kind}?{names}"] += 1
        return self.seen[f"{kind}?{names}"] == 1

    def open(self, address: str) -> list[str]:
        """Look at one; where it leads to."""
        answer = self.client.get(address, headers={"Accept": "text/html,*/*"}, follow_redirects=True)
        if answer.status_code != 200:
            self.faults.append(f"GET {address}: {answer.status_code}")
        self.kinds.add(self.kind(address) or "")
        if "text/html" not in answer.headers.get("content-type", ""):
            return []
        base, page = str(answer.url), Links(answer.text)
        for method, action, fields in page.forms:
            target = self.local(base, action or base)
            if method == "post":
                self.forms.setdefault((self.kind(target) or target, frozenset(fields)), (target, fields))
            else:
                asked = "&".join(f"{name}={value}" for name, value in fields.items() if " " not in value)
                page.hrefs.append(f"{target.partition('?')[0]}?{asked}")
        return [self.local(base, href) for href in page.hrefs]

    def send(self) -> int:
        """Send every form as it stands: refused or done, but answered."""
        sent = 0
        for target, fields in self.forms.values():
            if SIGNED_OUT.search(target):
                continue
            answer = self.client.post(target, data=fields, headers={"Accept": "text/html"})
            sent += 1
            if answer.status_code >= 500:
                self.faults.append(f"POST {target} {sorted(fields)}: {answer.status_code}")
        return sent

    @staticmethod
    def local(base: str, href: str) -> str:
        """An address without host and fragment; unchanged where it is on another one."""
        found = urlsplit(urldefrag(urljoin(base, href)).url)
        if found.netloc != urlsplit(base).netloc:
            return found.geturl()
        return found.path + (f"?{found.query}" if found.query else "")


@pytest.fixture
def app(eskm: Callable[..., Result], settings: Settings) -> FastAPI:
    """The service with the demonstration city, its people, publications, plans and follow-ups."""
    made = eskm(*PLAN, ESKM_FILES_URL=settings.files_url)
    assert made.exit_code == 0, made.stderr
    return create_app(settings)


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[Visitor]:
    """The administrator of the demonstration."""
    paths = [one.path or "" for one in iter_route_contexts(app.routes) if isinstance(one.route, APIRoute)]
    patterns = [(path, re.compile(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(path)))) for path in paths]
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        answer = client.post(
            "/masuk", data={"login": "admin", "password": PASSPHRASE}, follow_redirects=False
        )
        assert answer.status_code == 303, answer.text
        yield Visitor(client, patterns)


@pytest.mark.timeout(600)
def test_every_page_opens_and_every_form_is_answered(visitor: Visitor) -> None:
    visitor.walk(STARTS)
    assert visitor.faults == []
    assert len(visitor.kinds) > 80, sorted(visitor.kinds)
    sent = visitor.send()
    assert visitor.faults == []
    assert sent > 40
