"""Pages of results on the small city, with answers whose figures are known by hand."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.auth.tables import User
from tests.web.markup import Page

Person = Callable[..., User]
SignedIn = Callable[..., dict[str, str]]
Look = Callable[..., Page]

# It is 15 October 2026: the fourth quarter runs. Points, scores, and the instant when they were given.
OCTOBER, SEPTEMBER = "2026-10-14T03:00:00Z", "2026-09-20T03:00:00Z"
GIVEN = (
    *(("ptsp-nib-qr", score, OCTOBER) for score in (4, 4, 4, 3)),
    *(("ptsp-nib-qr", score, SEPTEMBER) for score in (2, 2, 2, 3)),
    *(("timur-arsip-qr", score, OCTOBER) for score in (3, 3, 2)),
)


@pytest.fixture
def answered(client: TestClient, body: Callable[..., dict[str, Any]]) -> TestClient:
    """The client of a service that holds the answers GIVEN."""
    for point, score, at in GIVEN:
        sent = client.post("/api/v1/responses", json=body(score, point=point, answered_at=at))
        assert sent.status_code == 201, sent.text
    return client


@pytest.fixture
def evaluator(person: Person, signed_in: SignedIn) -> dict[str, str]:
    """The headers of a browser of the city's evaluator."""
    return signed_in(person("evi", ("kota", Role.EVALUATOR)))


@pytest.fixture
def look(answered: TestClient, evaluator: dict[str, str]) -> Look:
    """Opens a page of the city with answers, as its evaluator unless other headers are given."""

    def opened(address: str, headers: dict[str, str] | None = None, status: int = 200) -> Page:
        answer = answered.get(address, headers=headers or evaluator)
        assert answer.status_code == status, answer.text
        return Page(answer.text)

    return opened
