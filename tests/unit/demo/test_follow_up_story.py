"""What the invented units did about their results: the improving one acted in time, the slow one is late."""

from datetime import date
from pathlib import Path

import pytest

from app.core.db import Database
from app.demo.followups import follow_up_story
from app.demo.load import registry_of
from app.files.service import damaged
from app.files.storage import FolderStorage
from app.followups import queries
from app.followups.clock import speed_level
from app.followups.queries import PeriodProgress
from app.instruments.catalog import Catalog
from app.units.queries import unit_by_code
from app.units.service import apply

UNTIL = date(2026, 11, 21)


@pytest.fixture
def told(database: Database, catalog: Catalog, tmp_path: Path) -> FolderStorage:
    """The story of six units, told once."""
    with database.write() as session:
        apply(session, registry_of(6, catalog))
    storage = FolderStorage(tmp_path / "files")
    assert follow_up_story(database, catalog, storage, UNTIL) == 11
    return storage


def plans(database: Database, code: str) -> dict[str, PeriodProgress]:
    with database.read() as session:
        unit = unit_by_code(session, code)
        assert unit is not None
        return {one.period: one for one in queries.progress_of(session, unit.id or 0)}


def test_the_story(database: Database, told: FolderStorage) -> None:
    improving, slow = plans(database, "dpmptsp"), plans(database, "disdukcapil")
    first = improving["2025-Q4"]  # report of 13 January 2026; done after 24 and 61 days: within three months
    assert first.issued_on == date(2026, 1, 13)
    assert speed_level(date(2026, 1, 13), first.finished) == 4
    assert (improving["2026-Q3"].planned, improving["2026-Q3"].done) == (2, 0)
    assert (slow["2026-Q1"].planned, slow["2026-Q1"].done) == (2, 1)
    with database.read() as session:
        unit = unit_by_code(session, "disdukcapil")
        assert unit is not None
        assert queries.summary(session, unit.id or 0, date(2026, 11, 22)).late == 2
        assert list(damaged(session, told)) == []
        forum = unit_by_code(session, "kecamatan-selatan")
        assert forum is not None
        rows = queries.of_unit(session, [forum.id or 0])
        assert [row.source for row in rows] == ["forum", "forum"]
        assert len({row.forum_id for row in rows}) == 1
        shown = [one.text for one in queries.published(session, forum.id or 0)]
    assert shown == ["Pengaduan Anda kini diberi tanda terima dan dijawab setiap minggu."]


def test_told_again_it_adds_nothing(database: Database, catalog: Catalog, told: FolderStorage) -> None:
    assert follow_up_story(database, catalog, told, UNTIL) == 0


def test_on_an_early_day_nothing_is_done_in_the_future(
    database: Database, catalog: Catalog, tmp_path: Path
) -> None:
    """Told on the first day of a quarter: no report and no end lies after it."""
    with database.write() as session:
        apply(session, registry_of(6, catalog))
    until = date(2026, 10, 1)
    follow_up_story(database, catalog, FolderStorage(tmp_path / "files"), until)
    with database.read() as session:
        units = [unit_by_code(session, code) for code in ("dpmptsp", "disdukcapil", "rsud")]
        ids = [unit.id or 0 for unit in units if unit is not None]
        rows = queries.of_unit(session, ids)
        days = [*queries.issued_days(session, ids).values(), *(row.done_on for row in rows if row.done_on)]
    assert len(rows) == 9
    assert max(days) <= until
