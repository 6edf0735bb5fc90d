"""`eskm comments sort`: topics for whatever waits."""

from collections.abc import Callable
from typing import Any

from sqlmodel import select
from starlette.testclient import TestClient
from typer.testing import Result

from app.audit.service import SYSTEM
from app.comments import topics
from app.comments.topics import Draft
from app.core.db import Database
from app.responses.tables import Comment
from app.units.queries import unit_by_code
from tests.conftest import NOW

Eskm = Callable[..., Result]


def test_everything_that_waits_is_sorted_once(
    eskm: Eskm, client: TestClient, city: Database, body: Callable[..., dict[str, Any]]
) -> None:
    for text in ("Antre lama", "Ramah"):
        assert client.post("/api/v1/responses", json=body(comment=text)).status_code == 201
    with city.write() as session:
        kota = unit_by_code(session, "kota")
        assert kota is not None
        topics.save(session, SYSTEM, kota.id or 0, Draft("Antrean", "antre*"), (), NOW)
    assert "0 komentar" in eskm("comments", "sort", "--unit", "timur").stdout
    run = eskm("comments", "sort")
    assert run.exit_code == 0, run.stderr
    assert "2 komentar" in run.stdout
    assert "0 komentar" in eskm("comments", "sort").stdout
    with city.read() as session:
        assert set(session.exec(select(Comment.text, Comment.topic))) == {
            ("Antre lama", "antrean"),
            ("Ramah", None),
        }


def test_an_unknown_unit_is_named(eskm: Eskm, city: Database) -> None:
    run = eskm("comments", "sort", "--unit", "tidak-ada")
    assert run.exit_code == 1
    assert "tidak-ada" in run.stderr
