"""The service worker and the page of what waits: their addresses, headers and bytes, and the script's syntax."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.web import static
from tests.web.markup import Page

BACKENDS = ("sqlite",)  # what a browser sends and keeps: no database decides it

Opened = Callable[..., Page]
SOURCES = sorted((Path(static.__file__).parent / "static" / "citizen").glob("*.js"))
# What came after the language of 2017: old web views would refuse the whole script.
LATER = {
    "optional chaining": r"\?\.[A-Za-z_(\[]",
    "nullish coalescing": r"\?\?",
    "spread of objects": r"\{\s*\.\.\.",
    "catch without a name": r"catch\s*\{",
    "finally of promises": r"\.finally\(",
    "flat, matchAll, replaceAll": r"\.(flat|flatMap|matchAll|replaceAll|at)\(",
    "private members": r"this\.#",
    "big integers": r"\b\d+n\b",
    "regular expressions that look behind": r"\(\?<",
    "assignment with a condition": r"(\|\||&&|\?\?)=",
    "modules": r"^\s*(import|export)\s",
}


def test_the_worker_has_an_address_of_its_own_that_never_changes(browser: TestClient) -> None:
    answer = browser.get("/s/sw.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    again = browser.get("/s/sw.js", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_worker_names_files_that_exist(browser: TestClient) -> None:
    script = browser.get("/s/sw.js").text
    named = set(re.findall(r'"(/static/[^"]+)"', script))
    assert len(named) == 3
    for address in named:
        assert browser.get(address).status_code == 200, address
    form = browser.get("/s/ptsp-nib-qr").text
    assert set(re.findall(r"/static/[^\"]+", form)) == named, "a form needs nothing that is not kept"


def test_another_release_is_another_script(browser: TestClient) -> None:
    """Browsers compare byte by byte: the files of a release must show in it."""
    assert static.url("citizen.js") in browser.get("/s/sw.js").text
    assert static.url("citizen.css") in browser.get("/s/sw.js").text


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_of_what_waits_says_so_without_a_script_too(opened: Opened, language: str) -> None:
    page = opened(f"/s/?lang={language}")
    assert page.language == language
    shown = [part["data-when"] for part in page.having("div") if "data-when" in part and "hidden" not in part]
    assert shown == ["empty"]
    expected = {"id": "Tidak ada penilaian yang menunggu", "en": "No rating is waiting"}
    assert expected[language] in page.text
    assert page.links[{"id": "Ke halaman awal", "en": "To the start page"}[language]] == f"/?lang={language}"


def test_the_page_of_what_waits_is_the_same_for_everybody(browser: TestClient) -> None:
    first, second = browser.get("/s/?lang=id"), browser.get("/s/?lang=id")
    assert first.text == second.text
    assert first.headers["cache-control"] == "no-cache"


def test_the_sources_were_found() -> None:
    assert [path.name for path in SOURCES] == [
        *("answers.js", "comment.js", "faults.js", "form.js", "kept.js", "proof.js", "queue.js", "worker.js")
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_scripts_speak_the_language_of_2017(path: Path) -> None:
    source = re.sub(r"//.*|/\*.*?\*/|'[^'\n]*'", "''", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    source = re.sub(r"//[^\n]*", "", source)
    found = [name for name, pattern in LATER.items() if re.search(pattern, source, re.MULTILINE)]
    assert found == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_what_is_left_at_home_is_not_missed(path: Path) -> None:
    """Lines of comment and indentation do not travel: no text may stand over several lines."""
    source = path.read_text(encoding="utf-8")
    assert "`" not in source
    assert source.count("/*") == 1
    assert source.startswith("/*")
    assert len(source.splitlines()) <= 260


def test_the_rule_would_see_newer_language() -> None:
    for name, sample in {
        "optional chaining": "one?.two",
        "nullish coalescing": "one ?? two",
        "spread of objects": "({ ...one })",
        "catch without a name": "try {} catch {}",
    }.items():
        assert re.search(LATER[name], sample), name
