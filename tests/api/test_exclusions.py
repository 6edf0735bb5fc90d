"""The ledger: two persons take an answer out of the count, and every result tells it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select, update
from starlette.testclient import TestClient

from app.audit.service import Actor
from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database
from app.core.errors import InvalidInput, NotFound
from app.instruments.catalog import Catalog
from app.responses import ledger
from app.responses.ledger import AlreadyDecided, SamePerson
from app.responses.tables import Exclusion
from app.responses.verify import verify_unit
from app.units.queries import unit_by_code
from tests.conftest import NOW

Body = Callable[..., dict[str, Any]]
People = tuple[Actor, Actor]
Result = Callable[..., tuple[Any, ...]]


@pytest.fixture
def people(person: Callable[..., User]) -> People:
    first, second = (person(name, ("ptsp", Role.UNIT_HEAD)) for name in ("ani", "budi"))
    return Actor("user", first.id, "ani"), Actor("user", second.id, "budi")


@pytest.fixture
def answers(client: TestClient, body: Body) -> list[UUID]:
    """Two of 4 and one of 1, which is flagged for its speed."""
    sent = [body(4), body(4), body(1, seconds=2)]
    for answer in sent:
        assert client.post("/api/v1/responses", json=answer).status_code == 201
    return [UUID(answer["id"]) for answer in sent]


def unit_id(session: Session, code: str = "ptsp") -> int:
    unit = unit_by_code(session, code)
    assert unit is not None
    assert unit.id is not None
    return unit.id


def assert_tallies_are_right(database: Database, catalog: Catalog) -> None:
    with database.read() as session:
        id_ = unit_id(session)
    assert verify_unit(database, catalog, id_).differences == []


def propose(
    database: Database, who: Actor, ids: list[UUID], kind: str = "exclude", **more: Any
) -> list[UUID]:
    with database.write() as session:
        fields = {"reason": "machine", "note": None, **more}
        lines = ledger.propose(session, who, unit_id(session), ids, kind=kind, now=NOW, **fields)
        return [line.id for line in lines]


def decide(database: Database, who: Actor, lines: list[UUID], *, approve: bool = True) -> int:
    with database.write() as session:
        return ledger.decide(session, who, unit_id(session), lines, approve=approve, now=NOW)


@pytest.fixture
def result(client: TestClient, token: Callable[..., dict[str, str]]) -> Result:
    headers = token("ptsp", Role.UNIT_HEAD)

    def get(**asked: str) -> tuple[Any, ...]:
        params = {"period": "2026-Q4", **asked}
        found = client.get("/api/v1/units/ptsp/ikm", params=params, headers=headers).json()
        return found["respondents"], found["excluded"], found["ikm"]

    return get


def test_two_persons_take_an_answer_out_and_the_result_tells_it(
    city: Database, catalog: Catalog, people: People, answers: list[UUID], result: Result
) -> None:
    assert result() == (3, 0, 75.0)
    lines = propose(city, people[0], answers[2:])
    assert result() == (3, 0, 75.0)  # a proposal changes nothing
    assert decide(city, people[1], lines) == 1
    assert result() == (2, 1, 100.0)
    assert_tallies_are_right(city, catalog)


def test_nobody_decides_their_own_proposal(
    city: Database, people: People, answers: list[UUID], result: Result
) -> None:
    lines = propose(city, people[0], answers[2:])
    with pytest.raises(SamePerson):
        decide(city, people[0], lines)
    assert result() == (3, 0, 75.0)


def test_the_database_insists_on_two_persons_too(city: Database, people: People, answers: list[UUID]) -> None:
    (line_id,) = propose(city, people[0], answers[2:])
    decided = {"decision": "approved", "decided_by": people[0].id, "decided_at": NOW}
    with pytest.raises(IntegrityError), city.write() as session:
        session.execute(update(Exclusion).where(Exclusion.id == line_id).values(decided))  # type: ignore[arg-type]


def test_a_refused_proposal_changes_nothing_and_stays_in_the_ledger(
    city: Database, people: People, answers: list[UUID], result: Result
) -> None:
    lines = propose(city, people[0], answers[2:])
    assert decide(city, people[1], lines, approve=False) == 0
    assert result() == (3, 0, 75.0)
    with city.read() as session:
        (line,) = ledger.history(session, [unit_id(session)])
        assert (line.decision, line.reason) == ("refused", "machine")
        assert ledger.pending(session, [unit_id(session)]) == []
    with pytest.raises(AlreadyDecided):
        decide(city, people[1], lines)


def test_what_was_taken_out_can_count_again(
    city: Database, catalog: Catalog, people: People, answers: list[UUID], result: Result
) -> None:
    decide(city, people[1], propose(city, people[0], answers[2:]))
    back = propose(city, people[1], answers[2:], "include", reason="mistake")
    assert decide(city, people[0], back) == 1
    assert result() == (3, 0, 75.0)
    assert_tallies_are_right(city, catalog)
    with city.read() as session:
        assert len(ledger.history(session, [unit_id(session)])) == 2


def test_an_answer_is_proposed_once_at_a_time(city: Database, people: People, answers: list[UUID]) -> None:
    assert len(propose(city, people[0], answers[1:])) == 2
    assert len(propose(city, people[1], answers)) == 1
    with pytest.raises(InvalidInput):
        propose(city, people[1], answers)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"reason": ""}, "reason_missing"),
        ({"reason": "other"}, "note_missing"),
        ({"reason": "other", "note": "x" * 501}, "note_long"),
    ],
)
def test_a_proposal_needs_a_reason(
    city: Database, people: People, answers: list[UUID], fields: dict[str, str], code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        propose(city, people[0], answers, **fields)
    assert [error.code for error in refused.value.errors] == [code]


def test_answers_and_lines_of_other_units_are_none(
    city: Database, people: People, answers: list[UUID]
) -> None:
    with pytest.raises(InvalidInput), city.write() as session:
        ledger.propose(
            session,
            people[0],
            unit_id(session, "timur"),
            answers,
            kind="exclude",
            reason="machine",
            note=None,
            now=NOW,
        )
    lines = propose(city, people[0], answers)
    with pytest.raises(NotFound), city.write() as session:
        ledger.decide(session, people[1], unit_id(session, "timur"), lines, approve=True, now=NOW)
    with pytest.raises(NotFound):
        decide(city, people[1], [uuid4()])


def test_every_step_is_recorded(city: Database, people: People, answers: list[UUID]) -> None:
    decide(city, people[1], propose(city, people[0], answers[2:]))
    with city.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action.startswith("exclusion."))).all()  # type: ignore[attr-defined]
    assert [(one.actor_name, one.action) for one in entries] == [
        ("ani", "exclusion.proposed"),
        ("budi", "exclusion.approved"),
    ]
    assert entries[0].details["answers"] == [str(answers[2])]


def test_the_result_without_flagged_answers_is_there_for_comparison(
    answers: list[UUID], result: Result, client: TestClient, body: Body, from_form: dict[str, str]
) -> None:
    mixed = body(3)
    mixed["scores"] = {**mixed["scores"], "waktu": 4}
    assert client.post("/api/v1/responses", json=mixed, headers=from_form).status_code == 201
    # All alike (4, 4, 1) is a flag; the mixed one has none: 25 x (8 x 3 + 4) / 9 = 77.78.
    assert result() == (4, 0, 75.69)
    assert result(flagged="without") == (1, 0, 77.78)
    assert result(flagged="without", period="2026-10-01..2026-10-20") == (1, 0, 77.78)
