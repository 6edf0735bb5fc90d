"""What staff may do to a comment: state, topic, reply, LAPOR!, covering; with its history, and never its words."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select
from starlette.testclient import TestClient

from app.comments.tables import CommentEvent, CommentHandover
from app.core.db import Database
from app.core.settings import Settings
from app.responses import retention
from app.responses.retention import Rule
from app.responses.tables import Comment
from tests.comments.conftest import Headers

BACKENDS = ("sqlite",)  # pages: their statements run on PostgreSQL in tests/cli/test_every_link.py

Write = Callable[..., UUID]
Stored = Callable[[UUID], Comment]
Events = Callable[[UUID], list[tuple[str, str | None, str | None, str | None]]]


@pytest.fixture
def do(desk: TestClient, staff: Callable[..., Headers]) -> Callable[..., Any]:
    """The unit's head sends a form: `do(id_, "keadaan", version=0, state="done")`."""
    head = staff()

    def send(id_: UUID, path: str, **fields: Any) -> Any:
        return desk.post(f"/petugas/unit/ptsp/komentar/{id_}/{path}", data=fields, headers=head)

    return send


def test_states_with_their_history(
    do: Callable[..., Any], write: Write, stored: Stored, events: Events, recorded: Callable[[str], Any]
) -> None:
    id_ = write("Antre lama")
    sent = do(id_, "keadaan", version=0, state="reviewed", note="Hubungi 0812 3456 7890")
    assert (sent.status_code, sent.headers["location"]) == (303, f"/petugas/unit/ptsp/komentar/{id_}")
    assert do(id_, "keadaan", version=1, state="done").status_code == 303
    assert (stored(id_).state, stored(id_).version) == ("done", 2)
    covered = "Hubungi " + "█" * len("0812 3456 7890")
    assert events(id_) == [("state", "new", "reviewed", covered), ("state", "reviewed", "done", None)]
    assert recorded("comment.state") == [
        {"before": "new", "after": "reviewed"},
        {"before": "reviewed", "after": "done"},
    ]


def test_somebody_was_quicker(do: Callable[..., Any], write: Write, stored: Stored, events: Events) -> None:
    id_ = write("Antre lama")
    do(id_, "keadaan", version=0, state="reviewed")
    late = do(id_, "keadaan", version=0, state="done", note="Selesai kemarin")
    assert late.status_code == 409
    assert "baru saja diubah orang lain" in late.text
    assert "Selesai kemarin</textarea>" in late.text  # what was typed is kept
    assert 'name="version" value="1"' in late.text
    assert stored(id_).state == "reviewed"
    assert len(events(id_)) == 1


def test_an_unknown_state_or_topic_changes_nothing(
    do: Callable[..., Any], write: Write, stored: Stored
) -> None:
    id_ = write("Antre lama")
    assert do(id_, "keadaan", version=0, state="hidden").status_code == 422
    assert do(id_, "topik", version=0, topic="tidak-ada").status_code == 422
    assert stored(id_).version == 0


def test_a_reply_is_kept_published_and_withdrawn(
    do: Callable[..., Any], write: Write, stored: Stored, events: Events
) -> None:
    id_ = write("Antre lama")
    assert do(id_, "balasan", version=0, reply="  Loket ketiga\r\ndibuka. ").status_code == 303
    assert (stored(id_).reply, stored(id_).reply_published_at) == ("Loket ketiga\ndibuka.", None)
    assert do(id_, "balasan", version=1, reply="Loket ketiga dibuka.", publish="1").status_code == 303
    assert stored(id_).reply_published_at is not None
    assert do(id_, "balasan", version=2, reply="Loket ketiga dibuka.").status_code == 303
    assert stored(id_).reply_published_at is None
    assert do(id_, "balasan", version=3, reply="").status_code == 303
    assert stored(id_).reply is None
    assert [event[1:3] for event in events(id_)] == [
        ("none", "draft"),
        ("draft", "public"),
        ("public", "draft"),
        ("draft", "none"),
    ]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"reply": "", "publish": "1"}, "Tulis balasannya dulu"),
        ({"reply": "Hubungi 021 555 0101", "publish": "1"}, "kontak resmi kantor"),
        ({"reply": "Surel ani@contoh.go.id"}, "kontak resmi kantor"),
        ({"reply": "NIK 3201 0101 0101 0001 kami catat", "office_contact": "1"}, "memuat NIK"),
        ({"reply": "a" * 1001}, "paling panjang 1000"),
    ],
)
def test_a_reply_that_may_not_be(
    do: Callable[..., Any], write: Write, stored: Stored, fields: dict[str, str], told: str
) -> None:
    id_ = write("Antre lama")
    sent = do(id_, "balasan", version=0, **fields)
    assert sent.status_code == 422
    assert told in sent.text
    assert fields["reply"] in sent.text
    assert stored(id_).reply is None


def test_the_office_may_give_its_own_number(do: Callable[..., Any], write: Write, stored: Stored) -> None:
    id_ = write("Antre lama")
    reply = "Hubungi loket kami di 021 555 0101."
    assert do(id_, "balasan", version=0, reply=reply, publish="1", office_contact="1").status_code == 303
    assert stored(id_).reply == reply


def test_covering_is_for_ever_and_says_nothing_of_what_was_there(
    do: Callable[..., Any], write: Write, stored: Stored, events: Events, recorded: Callable[[str], Any]
) -> None:
    id_ = write("Pak Budi kasar. Budiman saksinya. Tolong Pak Budi ditegur.")
    assert do(id_, "tutupi", version=0, phrase="Budi", reason="name").status_code == 422  # not sure
    sent = do(id_, "tutupi", version=0, phrase="Budi", reason="name", sure="1")
    assert sent.status_code == 303
    assert stored(id_).text == "Pak ████ kasar. Budiman saksinya. Tolong Pak ████ ditegur."
    assert events(id_) == [("covered", None, "name", None)]
    assert recorded("comment.covered") == [{"reason": "name", "places": 2}]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"phrase": "budi", "reason": "name"}, "tidak ada di komentar"),
        ({"phrase": "Bud", "reason": "name"}, "tidak ada di komentar"),
        ({"phrase": "Pak Budi kasar", "reason": "name"}, "separuh komentar"),
        ({"phrase": "Budi", "reason": ""}, "Pilih alasannya"),
        ({"phrase": "B", "reason": "name"}, "2 sampai 80"),
    ],
)
def test_what_cannot_be_covered(
    do: Callable[..., Any], write: Write, stored: Stored, fields: dict[str, str], told: str
) -> None:
    id_ = write("Pak Budi kasar sekali.")
    sent = do(id_, "tutupi", version=0, sure="1", **fields)
    assert sent.status_code == 422
    assert told in sent.text
    assert stored(id_).text == "Pak Budi kasar sekali."


def test_a_complaint_goes_to_lapor_and_its_clock_runs(
    do: Callable[..., Any], write: Write, stored: Stored, events: Events, city: Database, desk: TestClient
) -> None:
    id_ = write("Sudah lapor, hubungi 0812 3456 7890", day="2026-10-01")
    at_first = do(id_, "langkah", version=0, verified_on="2026-10-05")
    assert at_first.status_code == 422
    page = at_first.text
    assert "Unit: Pelayanan Terpadu\nLayanan: Penerbitan NIB\nBulan: Oktober 2026\nIsi masukan: Sudah" in page
    ready = page[page.index('id="siap"') : page.index("</textarea>", page.index('id="siap"'))]
    assert str(id_) not in ready
    assert "0812" not in ready
    fields = {"lapor_number": " 8123456 ", "kind": "complaint", "handed_over_on": "2026-10-02"}
    assert do(id_, "lapor", version=0, **fields).status_code == 303
    assert stored(id_).state == "acted_on"
    assert do(id_, "langkah", version=1, verified_on="2026-10-08").status_code == 303
    shown = do(id_, "keadaan", version=0, state="new").text  # refused: the page as it is now
    assert "paling lambat 7 Oktober 2026 (3 hari kerja)" in shown
    assert "paling lambat 22 Oktober 2026 (14 hari kerja)" in shown
    assert "Hari libur nasional" in shown
    days = {"verified_on": "2026-10-08", "answered_on": "2026-10-09", "finished_on": "2026-10-14"}
    assert do(id_, "langkah", version=2, **days).status_code == 303
    assert stored(id_).state == "done"
    assert [event[1:] for event in events(id_)] == [
        (None, "handed_over", "8123456"),
        ("handed_over", "verified", None),
        ("verified", "finished", None),
    ]
    with city.read() as session:
        row = session.exec(select(CommentHandover)).one()
    assert (row.lapor_number, row.finished_on) == ("8123456", date(2026, 10, 14))


@pytest.mark.parametrize(
    "fields",
    [
        {"lapor_number": "", "kind": "complaint"},
        {"lapor_number": "1" * 41, "kind": "complaint"},
        {"lapor_number": "81", "kind": "praise"},
        {"lapor_number": "81", "kind": "complaint", "handed_over_on": "2026-10-16"},  # tomorrow
        {"lapor_number": "81", "kind": "complaint", "handed_over_on": "2026-10-04"},  # before it was written
        {"lapor_number": "81", "kind": "complaint", "handed_over_on": "2026-02-30"},
    ],
)
def test_a_handover_that_cannot_be(
    do: Callable[..., Any], write: Write, stored: Stored, fields: dict[str, str]
) -> None:
    id_ = write("Sudah lapor", day="2026-10-05")
    assert do(id_, "lapor", version=0, **fields).status_code == 422
    assert stored(id_).version == 0


def test_steps_keep_their_order(do: Callable[..., Any], write: Write, stored: Stored) -> None:
    id_ = write("Sudah lapor", day="2026-10-05")
    do(id_, "lapor", version=0, lapor_number="81", kind="complaint", handed_over_on="2026-10-06")
    for days in (
        {"verified_on": "2026-10-05"},
        {"verified_on": "2026-10-09", "answered_on": "2026-10-08"},
        {"finished_on": "2026-10-16"},
    ):
        assert do(id_, "langkah", version=1, **days).status_code == 422
    moved = do(id_, "lapor", version=1, lapor_number="82", kind="information", handed_over_on="2026-10-07")
    assert moved.status_code == 303
    assert stored(id_).version == 2


def test_the_history_cannot_be_rewritten_and_goes_with_the_comment(
    do: Callable[..., Any], write: Write, city: Database, settings: Settings
) -> None:
    id_ = write("Sudah lapor", day="2026-10-05")
    do(id_, "lapor", version=0, lapor_number="81", kind="complaint", handed_over_on="2026-10-06")
    with pytest.raises(DBAPIError, match="append-only"), city.write() as session:
        session.execute(text("UPDATE comment_event SET note = 'lain'"))
    erase = next(one for one in retention.rules_of(settings, date(2028, 11, 1)) if one.name == "comment")
    assert erase == Rule("comment", 24, date(2026, 11, 1))
    with city.write() as session:
        assert retention.apply(session, erase) == 1
    with city.read() as session:
        assert session.exec(select(CommentEvent)).all() == []
        assert session.exec(select(CommentHandover.lapor_number)).all() == ["81"]
