"""A citizen's browser: it asks for pages, and it runs no script."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select
from starlette.testclient import TestClient

from app.core.db import Database
from app.responses.tables import Comment, Response
from tests.web.markup import Page

HTML = {"Accept": "text/html,application/xhtml+xml", "Accept-Language": "id"}


@pytest.fixture
def browser(app: FastAPI) -> Iterator[TestClient]:
    """Follows no redirect by itself, so that each answer can be looked at."""
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False, headers=HTML) as client:
        yield client


@pytest.fixture
def opened(browser: TestClient) -> Callable[..., Page]:
    """Opens an address and reads the page."""

    def open_page(address: str, status: int = 200, **headers: str) -> Page:
        answer = browser.get(address, headers=headers)
        assert answer.status_code == status, answer.text
        return Page(answer.text)

    return open_page


@pytest.fixture
def filled() -> Callable[..., dict[str, str]]:
    """The fields of a form with every question answered by `score`, and others as given."""

    def fill(page: Page, score: str = "3", **fields: str) -> dict[str, str]:
        questions = [name for name in page.radios if name not in ("sex", "disability")]
        return page.fields | dict.fromkeys(questions, score) | fields

    return fill


@pytest.fixture
def stored(city: Database) -> Callable[[], list[dict[str, Any]]]:
    """Every stored answer with its comment."""

    def read() -> list[dict[str, Any]]:
        with city.read() as session:
            return [_whole(session, row) for row in session.exec(select(Response))]

    return read


def _whole(session: Session, row: Response) -> dict[str, Any]:
    comment = session.get(Comment, (row.unit_id, row.id))
    return row.model_dump() | {"comment": comment.text if comment else None}
