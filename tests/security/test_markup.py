"""No page holds a script or a style of its own, and none asks another site for anything."""

import ast
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.core.places import PACKAGE
from app.web.static import files
from app.web.templating import TEMPLATES
from tests.security.routes import calls

BACKENDS = ("sqlite",)  # markup: no database decides it

# What makes a browser ask for something by itself, or run something.
LOADING = {
    "link": ("href",),
    "script": ("src",),
    "img": ("src", "srcset"),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "iframe": ("src", "srcdoc"),
    "embed": ("src",),
    "object": ("data",),
    "input": ("src",),
    "body": ("background",),
    "use": ("href", "xlink:href"),
    "image": ("href", "xlink:href"),
    "form": ("action",),
    "button": ("formaction",),
}
FORBIDDEN = {"base", "iframe", "embed", "object", "applet", "frame", "frameset", "portal"}


class Faults(HTMLParser):
    """Collects what a strict policy forbids and what leaves this site."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.loaded: list[str] = []
        self._script = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._script = tag == "script"
        if tag in FORBIDDEN or tag == "style" or (tag == "script" and not values.get("src")):
            self.found.append(f"<{tag}>")
        if tag == "meta" and values.get("http-equiv", "").lower() in ("refresh", "set-cookie"):
            self.found.append("<meta http-equiv>")
        for name, value in values.items():
            if re.fullmatch("on[a-z]{3,}", name) or name == "style":
                self.found.append(f"{tag} {name}=")
            if re.match(r"\s*(javascript|data|vbscript):", value, re.IGNORECASE):
                self.found.append(f"{tag} {name}={value[:20]}")
        for name in LOADING.get(tag, ()):
            if name in values:
                self.loaded.append(values[name])
                if re.match(r"\s*([a-z][a-z0-9+.-]*:|//|\\)", values[name], re.IGNORECASE):
                    self.found.append(f"{tag} {name}={values[name]}")
        if tag == "a" and values.get("target") == "_blank" and "noopener" not in values.get("rel", ""):
            self.found.append("a target=_blank without noopener")

    def handle_data(self, data: str) -> None:
        if self._script and data.strip():
            self.found.append("script with content")

    def handle_endtag(self, tag: str) -> None:
        self._script = False


def sources() -> Iterator[Path]:
    yield from sorted(TEMPLATES.rglob("*.html"))


def test_no_template_has_inline_code_or_foreign_sources() -> None:
    found = {
        path.relative_to(TEMPLATES).as_posix(): Faults(path.read_text("utf-8")).found for path in sources()
    }
    assert len(found) >= 10
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_nothing_in_a_template_switches_escaping_off() -> None:
    pattern = re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\(")
    found = [path.name for path in sources() if pattern.search(path.read_text("utf-8"))]
    assert found == []


def test_markup_made_in_code_is_drawn_by_us_alone() -> None:
    """`Markup` says: do not escape. Whoever makes some must be listed here, with a test of what goes in."""
    # web/qr.py: squares from a library; the text is in their pattern, never in the markup.
    # web/chart_canvas.py: every attribute and every text is escaped; the charts only pass on what it made.
    sources = {
        path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in PACKAGE.rglob("*.py")
    }
    unescaped = re.compile(r"autoescape=False|HTMLResponse\(f?\"|import Markup as")
    found = {name for name, source in sources.items() if makes_markup(source) or unescaped.search(source)}
    assert found == {"web/qr.py", "web/chart_canvas.py"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def drawn() -> Markup:\n    return chart()", False),
        ("class Panel:\n    picture: Markup | None = None", False),
        ("def drawn(text):\n    return Markup(text)", True),
        ("def drawn(texts):\n    return map(Markup, texts)", True),
        ("def drawn(text):\n    return Markup.format(text)", True),
        ("def drawn(text: Markup = Markup('<b>')):\n    return text", True),
        ("def drawn(text):\n    return markupsafe.Markup(text)", True),
    ],
)
def test_what_makes_markup_is_found(source: str, expected: bool) -> None:
    assert makes_markup(source) is expected


def makes_markup(source: str) -> bool:
    """Whether the code does more with `Markup` than to say that something is some."""
    if "Markup" not in source:
        return False
    nodes = list(ast.walk(ast.parse(source)))
    said = [getattr(node, name, None) for node in nodes for name in ("annotation", "returns")]
    types = {id(inner) for one in said if isinstance(one, ast.AST) for inner in ast.walk(one)}
    return any(
        id(node) not in types
        and (
            (isinstance(node, ast.Name) and node.id == "Markup")
            or (isinstance(node, ast.Attribute) and node.attr == "Markup")
        )
        for node in nodes
    )


def test_static_files_ask_for_nothing_elsewhere() -> None:
    own = re.compile(rb"http://www\.w3\.org/(2000/svg|1999/xlink|1999/xhtml)")
    foreign = re.compile(
        rb"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}|url\(\s*['\"]?(?:data|https?|//)|@import", re.IGNORECASE
    )
    for name, file in files().items():
        body = own.sub(b"", file.body)
        assert foreign.search(body) is None, name
        if name.endswith(".svg"):
            assert re.search(rb"<script|\son\w+=|<foreignObject", body, re.IGNORECASE) is None, name


@pytest.mark.parametrize("who", ["nobody", "administrator"])
def test_no_page_asks_another_site_for_anything(
    client: TestClient,
    app: FastAPI,
    person: Callable[..., object],
    signed_in: Callable[..., dict[str, str]],
    who: str,
) -> None:
    headers = {"Accept": "text/html"}
    if who == "administrator":
        headers = signed_in(person("kepala", ("kota", Role.ADMIN)))
    seen: dict[str, list[str]] = {}
    loaded: set[str] = set()
    for method, address, _ in calls(app):
        for language in ("", "?lang=en"):
            answer = client.request(method, address + language, headers=headers, follow_redirects=False)
            if answer.headers.get("content-type", "").startswith("text/html"):
                page = Faults(answer.text)
                seen[f"{method} {address}"] = page.found
                loaded.update(page.loaded)
    assert len(seen) >= 5
    assert {name: faults for name, faults in seen.items() if faults} == {}
    for address in loaded:
        if address.startswith("/static/"):
            assert client.get(address).status_code == 200, address


def test_the_look_at_pages_finds_what_it_should() -> None:
    for html in (
        "<script>x</script>",
        "<style></style>",
        '<p style="a">',
        '<a onclick="x">',
        '<img src="https://x.example/a.png">',
        '<img src="//x.example/a.png">',
        '<link href="http://x.example">',
        '<a href="javascript:x">',
        '<img src="data:image/png;base64,">',
        '<form action="https://x.example">',
        '<meta http-equiv="refresh" content="0;url=x">',
        "<base href='/'>",
        '<script src="//x.example/a.js"></script>',
    ):
        assert Faults(html).found, html
    assert Faults('<script src="/static/a.js"></script><a href="https://x.example">x</a>').found == []
