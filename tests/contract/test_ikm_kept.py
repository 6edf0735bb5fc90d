"""Figures that a client has already, and rankings in pages."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

Give = Callable[..., None]
PAGES = (
    "units/ptsp/ikm?period=2026-Q3",
    "units/ptsp/ikm/trend?by=quarter",
    "units/ptsp/ikm/breakdown?period=2026-Q3&by=sex",
    "units/ptsp/ikm/compare?period=2026-Q3&with=2026-Q2",
    "units/ptsp/ikm/channels?period=2026-Q3",
    "units/ptsp/ikm/priorities?period=2026-Q3",
    "ikm?under=kota&period=2026-Q3",
)


@pytest.mark.parametrize("page", PAGES)
def test_figures_are_sent_once(
    client: TestClient, token: Callable[..., dict[str, str]], give: Give, app: FastAPI, page: str
) -> None:
    headers = token("kota")
    address = f"/api/v1/{page}"
    give(3)
    first = client.get(address, headers=headers)
    tag = first.headers["etag"]
    assert tag.startswith('W/"')
    assert first.headers["cache-control"] == "private, no-cache"
    assert "accept-language" in first.headers["vary"].lower()
    # Another moment alone is not another answer.
    app.state.clock = lambda: datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
    later = client.get(address, headers=headers)
    assert later.json() != first.json()
    assert later.headers["etag"] == tag
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = client.get(address, headers={**headers, "If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for unknown in ('"other"', "W/other", "", tag[:-3]):
        assert client.get(address, headers={**headers, "If-None-Match": unknown}).status_code == 200
    # Texts in another language are another answer, and so are other figures.
    english = client.get(address, headers={**headers, "Accept-Language": "en"})
    assert english.headers["etag"] != tag
    give(4)
    changed = client.get(address, headers={**headers, "If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


def test_what_one_may_not_see_is_not_confirmed(
    client: TestClient, token: Callable[..., dict[str, str]], give: Give
) -> None:
    give(3)
    address = "/api/v1/units/ptsp/ikm?period=2026-Q3"
    assert client.get(address, headers={"If-None-Match": "*"}).status_code == 401
    assert client.get(address, headers={**token("timur"), "If-None-Match": "*"}).status_code == 404


def test_a_ranking_in_pages(client: TestClient, token: Callable[..., dict[str, str]], give: Give) -> None:
    give(4)
    give(2, point="timur-arsip-qr")
    give(3, point="cabang-qr")
    headers = token("kota")

    def ranking(query: str = "") -> Any:
        response = client.get(f"/api/v1/ikm?under=kota&period=2026-Q3{query}", headers=headers)
        assert response.status_code == 200, response.text
        return response.json()

    whole = ranking()
    assert whole["page"] is None
    assert len(whole["units"]) == 3
    first, second, third = (ranking(f"&limit=2&page={page}") for page in (1, 2, 3))
    assert first["page"] == {"number": 1, "limit": 2, "units": 3, "pages": 2}
    assert first["units"] + second["units"] == whole["units"]
    assert third["units"] == []
    assert first["government"] == second["government"] == whole["government"]
    for query in ("&limit=0", "&limit=1001", "&limit=x", "&limit=2&page=0"):
        response = client.get(f"/api/v1/ikm?under=kota&period=2026-Q3{query}", headers=headers)
        assert response.status_code == 422
