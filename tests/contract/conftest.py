"""What the tests of the public contract share: counting rows, refusals, seeding answers."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.db import Database

# The order in which the standard form asks, which is also the order of the reference's sums.
ASKED = (
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "sarana",
    "pengaduan",
)
Body = Callable[..., dict[str, Any]]


@pytest.fixture
def stored(city: Database) -> Callable[[], tuple[int, int, int, int]]:
    """Rows of response and comment, answers in the totals, scores in the tallies."""

    def count() -> tuple[int, int, int, int]:
        with city.read() as session:
            one = session.connection()
            return (
                one.scalar(text("SELECT count(*) FROM response")),
                one.scalar(text("SELECT count(*) FROM comment")),
                one.scalar(text("SELECT coalesce(sum(responses), 0) FROM total")),
                one.scalar(text("SELECT coalesce(sum(c1 + c2 + c3 + c4 + c5 + c6), 0) FROM tally")),
            )

    return count


@pytest.fixture
def send(client: TestClient) -> Callable[..., Response]:
    """Posts an answer: a value that becomes JSON, or bytes as they are."""

    def post(content: Any, **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(content, bytes):
            return client.post(
                "/api/v1/responses", content=content, headers={"Content-Type": "application/json", **named}
            )
        return client.post("/api/v1/responses", json=content, headers=named)

    return post


@pytest.fixture
def faults(
    send: Callable[..., Response], stored: Callable[[], tuple[int, int, int, int]]
) -> Callable[[Any], list[tuple[str, str]]]:
    """Sends what must be refused; (pointer, code) of each fault, after a look that nothing was stored."""

    def refused(content: Any) -> list[tuple[str, str]]:
        before = stored()
        response = send(content)
        problem = response.json()
        assert response.status_code == 422, response.text
        assert response.headers["content-type"] == "application/problem+json"
        assert problem["status"] == 422
        assert problem["code"] == "invalid_input"
        assert all(set(fault) == {"pointer", "code", "message"} for fault in problem["errors"])
        assert all(fault["message"] for fault in problem["errors"])
        assert stored() == before
        return sorted((fault["pointer"], fault["code"]) for fault in problem["errors"])

    return refused


@pytest.fixture
def rows_of() -> Callable[[int, Sequence[int]], list[dict[str, int]]]:
    """`n` respondents whose scores of each question, in the order asked, add up to the given sums."""

    def rows(n: int, sums: Sequence[int]) -> list[dict[str, int]]:
        made = []
        for respondent in range(n):
            row = {}
            for place, (key, total) in enumerate(zip(ASKED, sums, strict=True)):
                low, more = divmod(total, n)
                # Who gives the higher score moves on from question to question, so that nobody is extreme.
                row[key] = low + (1 if (respondent + 7 * place) % n < more else 0)
            made.append(row)
        assert [sum(row[key] for row in made) for key in ASKED] == list(sums)
        assert all(1 <= score <= 4 for row in made for score in row.values())
        return made

    return rows


@pytest.fixture
def give(send: Callable[..., Response], body: Body) -> Callable[..., None]:
    """Stores an answer that must be accepted; `score` for all questions, or `scores`."""

    def store(score: int = 3, **fields: Any) -> None:
        fields.setdefault("answered_at", "2026-09-15T10:00:00+08:00")
        response = send(body(score, **fields))
        assert response.status_code == 201, response.text

    return store


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """Where it is 15 October 2026, 03:00 UTC, as in the `app` of all tests."""
    return lambda: datetime(2026, 10, 15, 3, 0, tzinfo=UTC)
