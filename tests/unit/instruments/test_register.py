"""Registered versions: new ones are stored, unanswered ones may change, answered ones never."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlmodel import Session, select

from app.core.tables import Table
from app.instruments.catalog import Catalog
from app.instruments.loader import load
from app.instruments.service import InstrumentChanged, changed, load_stored, register
from app.instruments.tables import InstrumentVersion

TINY = load(Path(__file__).parents[3] / "surveys" / "tests")
FIRST = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = datetime(2026, 6, 7, 8, 9, 10, tzinfo=UTC)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Table.metadata.create_all(engine, tables=[Table.metadata.tables["instrument_version"]])
    with Session(engine) as session:
        yield session
    engine.dispose()


def reworded(*refs: str) -> Catalog:
    """The tiny instruments with another title in some of them."""
    instruments = {
        ref: replace(one, title={"id": "Judul lain", "en": "Another title"}) if ref in refs else one
        for ref, one in TINY.instruments.items()
    }
    return Catalog(instruments, TINY.categories)


def stored_digests(session: Session) -> dict[str, str]:
    """What the table holds."""
    session.expire_all()
    return {row.ref: row.digest for row in session.exec(select(InstrumentVersion))}


def test_new_versions_are_stored_and_read_back(session: Session) -> None:
    register(session, TINY, answered=(), clock=lambda: FIRST)
    assert load_stored(session) == dict(TINY.instruments)
    row = session.get_one(InstrumentVersion, "tiny-three@1")
    assert row.digest == TINY.get("tiny-three@1").digest
    assert row.registered_at == FIRST


def test_registering_again_changes_nothing(session: Session) -> None:
    register(session, TINY, answered=(), clock=lambda: FIRST)
    register(session, TINY, answered={"tiny-three@1"}, clock=lambda: LATER)
    rows = session.exec(select(InstrumentVersion)).all()
    assert len(rows) == len(TINY.instruments)
    assert {row.registered_at for row in rows} == {FIRST}


def test_an_unanswered_version_may_change(session: Session) -> None:
    register(session, TINY, answered=(), clock=lambda: FIRST)
    register(session, reworded("tiny-three@2"), answered={"tiny-three@1"}, clock=lambda: LATER)
    assert load_stored(session)["tiny-three@2"].title["id"] == "Judul lain"
    assert session.get_one(InstrumentVersion, "tiny-three@2").registered_at == LATER
    assert session.get_one(InstrumentVersion, "tiny-three@1").registered_at == FIRST


def test_all_answered_versions_that_changed_are_named_and_nothing_is_stored(session: Session) -> None:
    register(session, TINY, answered=())
    before = stored_digests(session)
    edited = reworded("tiny-three@1", "tiny-three@2", "tiny-several@1")
    with pytest.raises(InstrumentChanged) as caught:
        register(session, edited, answered={"tiny-three@1", "tiny-several@1"})
    assert caught.value.refs == ("tiny-several@1", "tiny-three@1")
    assert "tiny-several@1, tiny-three@1" in str(caught.value)
    assert "tiny-three@2" not in str(caught.value)
    assert "versi baru" in str(caught.value)
    assert stored_digests(session) == before


def test_changed_names_without_storing(session: Session) -> None:
    register(session, TINY, answered=())
    before = stored_digests(session)
    assert changed(session, reworded("tiny-three@1"), answered={"tiny-three@1"}) == ("tiny-three@1",)
    assert changed(session, reworded("tiny-three@1"), answered={"tiny-three@2"}) == ()
    assert stored_digests(session) == before


def test_an_answered_version_that_was_never_registered_is_stored(session: Session) -> None:
    register(session, TINY, answered={"tiny-three@1"})
    assert "tiny-three@1" in load_stored(session)


def test_a_version_whose_file_has_gone_stays(session: Session) -> None:
    register(session, TINY, answered=())
    register(session, Catalog({}, {}), answered={"tiny-three@1"})
    assert load_stored(session)["tiny-three@1"] == TINY.get("tiny-three@1")


def test_registering_does_not_commit(session: Session) -> None:
    register(session, TINY, answered=())
    session.rollback()
    assert load_stored(session) == {}
