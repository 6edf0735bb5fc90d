"""`eskm retention`: counts first, erases when told to, and puts it on record."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient
from typer.testing import Result

from app.audit.tables import AuditEntry
from app.core.db import Database
from app.responses.tables import Comment

Eskm = Callable[..., Result]


@pytest.fixture
def old_comment(client: TestClient, body: Callable[..., dict[str, Any]], city: Database) -> Database:
    answer = body(3, answered_at="2020-05-05T08:00:00+07:00", comment="Antre lama")
    assert client.post("/api/v1/responses", json=answer).status_code == 201
    return city


def comments(database: Database) -> int:
    with database.read() as session:
        return len(session.exec(select(Comment)).all())


def test_counting_changes_nothing(eskm: Eskm, old_comment: Database) -> None:
    for arguments in (("retention", "show"), ("retention", "apply", "--dry-run")):
        shown = eskm(*arguments)
        assert shown.exit_code == 0
        assert "masukan tertulis: 24 bulan" in shown.stdout
        assert "1 sudah waktunya" in shown.stdout
    assert comments(old_comment) == 1


def test_erasing_is_recorded(eskm: Eskm, old_comment: Database) -> None:
    assert "1 dihapus" in eskm("retention", "apply").stdout
    assert comments(old_comment) == 0
    with old_comment.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "retention.applied")).all()
    # The one comment, and the traces of the answer, which all of one score leave.
    assert [(one.details["rule"], one.details["answers"]) for one in entries] == [
        ("comment", 1),
        ("traces", 1),
    ]


def test_zero_is_for_ever(eskm: Eskm, old_comment: Database) -> None:
    kept = eskm("retention", "apply", ESKM_KEEP_COMMENTS_MONTHS="0")
    assert "masukan tertulis: disimpan seterusnya" in kept.stdout
    assert comments(old_comment) == 1


def test_a_citizen_can_have_a_comment_forgotten(
    eskm: Eskm, client: TestClient, city: Database, body: Callable[..., dict[str, Any]]
) -> None:
    answers = [body(4, comment="Nama saya tertulis di sini"), body(3, comment="Antre lama")]
    receipts = [client.post("/api/v1/responses", json=answer).json()["receipt"] for answer in answers]
    assert eskm("retention", "forget", "--unit", "timur", "--receipt", receipts[0]).exit_code == 1
    assert eskm("retention", "forget", "--unit", "ptsp", "--receipt", "XXXX-XXXX").exit_code == 1
    done = eskm("retention", "forget", "--unit", "ptsp", "--receipt", receipts[0].lower())
    assert (done.exit_code, done.stdout.strip()) == (0, "1 masukan dihapus.")
    with city.read() as session:
        assert [one.text for one in session.exec(select(Comment))] == ["Antre lama"]
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "comment.erased")).all()
    assert [one.details for one in entries] == [{"comments": 1}]
