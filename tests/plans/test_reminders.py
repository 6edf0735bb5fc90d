"""Reminders: to the unit's own people, once a plan and week, through a real mail server, recorded."""

from collections.abc import Callable
from datetime import date, timedelta
from email import message_from_bytes, policy

import pytest
from pydantic import SecretStr
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.service import Actor
from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database
from app.core.settings import Settings
from app.plans import reminders
from app.plans.reminders import Outcome
from app.plans.tables import PlanReminder
from tests.auth_links.conftest import Mailbox, mail_server, mailbox
from tests.cli.conftest import Eskm, eskm
from tests.conftest import NOW

__all__ = ["eskm", "mail_server", "mailbox"]

Headers = dict[str, str]
ACTOR = Actor("command", None, "eskm plans remind")


@pytest.fixture
def late(
    desk: TestClient,
    token: Callable[..., Headers],
    answered: Callable[..., None],
    person: Callable[..., User],
) -> None:
    """A plan of `ptsp` with a pace of one answer a day and a target of 300, and people."""
    for number in range(1, 9):
        answered(date(2026, 10, 15) - timedelta(days=number), 1)
    body = {"method": "own_number", "population": 900, "target": 300}
    made = desk.put("/api/v1/units/ptsp/plans/2026-Q4", json=body, headers=token("ptsp", Role.ADMIN))
    assert made.json()["progress"]["state"] == "late"
    person("kepala", ("ptsp", Role.UNIT_HEAD), home="ptsp", email="kepala@uji.example")
    person("pembaca", ("ptsp", Role.VIEWER), home="ptsp", email="pembaca@uji.example")
    person("atasan", ("kota", Role.ADMIN), home="kota", email="atasan@uji.example")
    person("tanpa", ("ptsp", Role.ADMIN), home="ptsp")


@pytest.fixture
def send(city: Database, settings: Settings, mailbox: Mailbox) -> Callable[..., list[Outcome]]:
    """Mails what is due, some days after the present of these tests."""
    told = settings.model_copy(update={"smtp_url": SecretStr(mailbox.url), "mail_from": "eskm@kota.example"})
    return lambda days=0: reminders.send(city, told, ACTOR, NOW + timedelta(days=days))


@pytest.mark.usefixtures("late")
def test_the_unit_head_is_told_once_a_week(
    send: Callable[..., list[Outcome]],
    mailbox: Mailbox,
    city: Database,
    recorded: Callable[..., list[AuditEntry]],
) -> None:
    (outcome,) = send()
    assert (outcome.sent, outcome.due.addresses) == (1, ("kepala@uji.example",))
    (envelope,) = mailbox.letters
    assert isinstance(envelope.content, bytes)
    letter = message_from_bytes(envelope.content, policy=policy.default)
    assert letter["Subject"] == "Target survei tidak akan tercapai: Pelayanan Terpadu"
    text = letter.get_content()
    for part in ("8 dari 300 jawaban", "31 Desember 2026", "/petugas/unit/ptsp/rencana/", "Triwulan IV 2026"):
        assert part in text
    assert send(1) == []  # Friday of the same week
    assert [one.sent for one in send(4)] == [1]  # Monday: 15 October is a Thursday
    assert len(mailbox.letters) == 2
    with city.read() as session:
        weeks = [one.week for one in session.exec(select(PlanReminder).order_by(PlanReminder.week))]  # type: ignore[arg-type]
    assert weeks == [date(2026, 10, 12), date(2026, 10, 19)]
    assert [entry.details["recipients"] for entry in recorded("plan.reminded")] == [1, 1]


@pytest.mark.usefixtures("late")
def test_a_mail_that_was_refused_is_due_again(send: Callable[..., list[Outcome]], mailbox: Mailbox) -> None:
    mailbox.refusal = "550 tidak"
    assert [one.sent for one in send()] == [0]
    mailbox.refusal = None
    assert [one.sent for one in send()] == [1]


@pytest.mark.usefixtures("late")
def test_where_nobody_has_an_address_the_unit_above_is_told(
    send: Callable[..., list[Outcome]], city: Database
) -> None:
    with city.write() as session:
        session.exec(select(User).where(User.name == "kepala")).one().email = None
    assert [one.due.addresses for one in send()] == [("atasan@uji.example",)]


@pytest.mark.usefixtures("late")
def test_a_process_that_died_on_the_way_does_not_silence_the_week(
    send: Callable[..., list[Outcome]], city: Database
) -> None:
    with city.write() as session:
        (one,) = reminders.due(session, NOW, "https://skm.example")
        session.add(
            PlanReminder(
                unit_id=one.unit_id,
                plan_id=one.plan_id,
                week=one.week,
                sent_at=NOW - timedelta(hours=2),
                recipients=0,
            )
        )
    assert [one.sent for one in send()] == [1]
    assert send() == []


def test_the_command_says_what_is_missing(eskm: Eskm, city: Database) -> None:
    refused = eskm("plans", "remind")
    assert refused.exit_code == 1
    assert "ESKM_SMTP_URL" in refused.output
    shown = eskm("plans", "remind", "--dry-run")
    assert (shown.exit_code, shown.stdout) == (0, "0 rencana perlu diingatkan.\n")
