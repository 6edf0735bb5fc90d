"""Reading in bulk: every answer once, in order, lazily, without a transaction that outlives its page."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from sqlmodel import Session

from app.core.errors import NotFound
from app.exports import planning, queries, responses_csv, responses_parquet, score_matrix
from app.exports.columns import question_keys
from app.exports.queries import Extent
from app.exports.reading import Reading, through
from app.exports.score_matrix import TooManyRespondents, TooManyServices
from app.ikm.periods import parse
from app.instruments.catalog import Catalog
from app.units.queries import unit_by_code

JULY, AUGUST, OCTOBER = date(2026, 7, 1), date(2026, 8, 15), date(2026, 10, 1)


def extent_of(
    shelf: Any, unit: str = "a-kota", service: str | None = None, period: str = "2026-Q3"
) -> Extent:
    with shelf.database.read() as session:
        found = unit_by_code(session, unit)
        assert found is not None
        return queries.extent(session, found, service, parse(period))


class CountingDatabase:
    """A database that knows how many transactions were opened, and how many are open."""

    def __init__(self, database: Any) -> None:
        self.database, self.opened, self.open = database, 0, 0

    @contextmanager
    def read(self) -> Iterator[Session]:
        self.opened += 1
        self.open += 1
        with self.database.read() as session:
            yield session
        self.open -= 1


@pytest.mark.parametrize("page_rows", [1, 2, 3, 7, 8, 100])
def test_every_answer_is_in_exactly_one_page_in_order(shelf: Any, page_rows: int) -> None:
    expected = []
    late = shelf.store("b-dinas", AUGUST, 3)
    expected += sorted(shelf.store("a-kota", JULY, 3))
    expected += sorted(shelf.store("a-kota", AUGUST, 5))
    expected += sorted(shelf.store("b-dinas", JULY, 1))
    expected += sorted(late)
    covered = extent_of(shelf)
    rows = queries.counted_scores(covered)
    pages = list(queries.pages(shelf.database, covered, rows, page_rows))
    assert [row.id for _, page in pages for row in page] == expected
    assert [unit.code for unit, page in pages for _ in page] == ["a-kota"] * 8 + ["b-dinas"] * 4
    assert max(len(page) for _, page in pages) <= page_rows


def test_the_last_day_belongs_to_the_period_and_the_next_does_not(shelf: Any) -> None:
    inside = shelf.store("a-kota", date(2026, 9, 30)) + shelf.store("a-kota", JULY)
    shelf.store("a-kota", OCTOBER)
    shelf.store("a-kota", date(2026, 6, 30))
    covered = extent_of(shelf)
    rows = queries.counted_scores(covered)
    found = [row.id for _, page in queries.pages(shelf.database, covered, rows) for row in page]
    assert found == [inside[1], inside[0]]


def test_a_service_is_one_of_the_unit_itself(shelf: Any) -> None:
    mine = shelf.store("a-kota", JULY)
    shelf.store("b-dinas", JULY)
    covered = extent_of(shelf, service="nib")
    rows = queries.counted_scores(covered)
    assert [row.id for _, page in queries.pages(shelf.database, covered, rows) for row in page] == mine
    with pytest.raises(NotFound):
        extent_of(shelf, service="lain")


@pytest.mark.parametrize("period", ["2026-Q3", "2026-07", "2026-07-01..2026-08-03"])
def test_an_excluded_answer_names_its_instrument_where_nobody_counts(shelf: Any, period: str) -> None:
    shelf.store("a-kota", JULY, 2, state="excluded")
    shelf.store("b-dinas", JULY, 3, state="excluded")
    shelf.store("b-dinas", OCTOBER, state="excluded")
    for service, excluded in ((None, 5), ("nib", 2)):
        covered = extent_of(shelf, service=service, period=period)
        assert covered.instruments == ("skm-2017@1",)
        with shelf.database.read() as session:
            lost = queries.excluded_by_service(session, covered)
        assert {ref for _, ref in lost} == {"skm-2017@1"}
        assert (lost[shelf.services["a-kota"], "skm-2017@1"], sum(lost.values())) == (2, excluded)


def reading_of(shelf: Any, catalog: Catalog, covered: Extent, **more: Any) -> Reading:
    """Through the database of `shelf`, or one that is given as `database`."""
    options = {"comments": False, "locale": "en", "language": "id"}
    url = str(shelf.database.engine.url.render_as_string(hide_password=False))
    with shelf.database.read() as session:
        recipe = planning.recipe_of(
            session, catalog, url, covered, "csv", **{key: more.get(key, one) for key, one in options.items()}
        )
    database = more.get("database", shelf.database)
    return Reading(recipe, through(database), more.get("days_rows", 20_000))


@pytest.mark.parametrize("days_rows", [1, 3, 4, 5, 100])
def test_days_are_cut_between_days_and_leave_none_out(shelf: Any, catalog: Catalog, days_rows: int) -> None:
    shelf.store("b-dinas", AUGUST, 3)
    shelf.store("a-kota", JULY, 3)
    shelf.store("a-kota", AUGUST, 5)
    reading = reading_of(shelf, catalog, extent_of(shelf), days_rows=days_rows)
    parts = list(reading.days())
    for unit, rows in (("a-kota", 8), ("b-dinas", 3)):
        mine = [part for part in parts if part.unit.code == unit]
        assert (mine[0].start, mine[-1].end) == (JULY, OCTOBER)
        assert all(one.end == other.start for one, other in pairwise(mine))
        assert sum(part.rows for part in mine) == rows
    assert [part.rows for part in parts] == ([3, 5, 3] if days_rows < 8 else [8, 3])


def test_every_answer_stands_in_the_file_once_in_order(shelf: Any, catalog: Catalog) -> None:
    late = shelf.store("b-dinas", AUGUST, 3)
    expected = (
        sorted(shelf.store("a-kota", JULY, 3)) + sorted(shelf.store("a-kota", AUGUST, 5)) + sorted(late)
    )
    reading = reading_of(shelf, catalog, extent_of(shelf), days_rows=4)
    rows = list(csv.DictReader(io.StringIO(b"".join(responses_csv.pieces(reading)).decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == [str(id_) for id_ in expected]
    typed = [row[4] for days in reading.days() for row in reading.rows(days)]
    assert typed == [str(id_) for id_ in expected]


def test_days_are_read_as_they_are_asked_for(shelf: Any, catalog: Catalog) -> None:
    for day in range(1, 11):
        shelf.store("a-kota", date(2026, 7, day), 500)
    database = CountingDatabase(shelf.database)
    reading = reading_of(shelf, catalog, extent_of(shelf), database=database, days_rows=500)
    stream = responses_csv.pieces(reading)
    next(stream)
    assert database.opened == 0, "the heads need no answers"
    for place in range(1, 11):
        piece = next(stream)
        assert (database.opened, database.open) == (place + 1, 0)  # one more counted the days
        assert piece.count(b"\r\n") == 500


def test_words_of_parquet_survive_its_batches(shelf: Any, catalog: Catalog, tmp_path: Path) -> None:
    first = [str(one) for one in sorted(shelf.store("a-kota", JULY, 1500))]
    second = [str(one) for one in sorted(shelf.store("b-dinas", AUGUST, 1001))]
    reading = reading_of(shelf, catalog, extent_of(shelf))
    responses_parquet.write(tmp_path / "a.parquet", reading)
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet")
    assert table["id"].to_pylist() == first + second
    assert table["unit"].to_pylist() == ["a-kota"] * 1500 + ["b-dinas"] * 1001


def test_what_breaks_while_parquet_is_written_is_told(
    shelf: Any, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.store("a-kota", JULY, 1500)
    reading = reading_of(shelf, catalog, extent_of(shelf))
    rows = reading.rows

    def broken(days: Any) -> Iterator[Any]:
        yield from islice(rows(days), 1200)
        raise ConnectionResetError("the database is gone")

    monkeypatch.setattr(reading, "rows", broken)
    with pytest.raises(ConnectionResetError, match="the database is gone"):
        responses_parquet.write(tmp_path / "a.parquet", reading)


def test_a_csv_row_says_everything(shelf: Any, catalog: Catalog) -> None:
    (id_,) = shelf.store(
        "b-dinas",
        JULY,
        sex="P",
        age=34,
        education="D1-D4",
        occupation="IRT",
        disability=False,
        seconds=48,
        state="excluded",
        flags=["fast", "straight"],
        scores={"persyaratan": 4},
    )
    stream = responses_csv.pieces(reading_of(shelf, catalog, extent_of(shelf), locale="id"))
    text = b"".join(stream).decode()
    assert text.startswith("\ufeffunit;unit_name;service;service_name;id;local_date;answered_at;received_at;")
    header, row = csv.reader(io.StringIO(text[1:], newline=""), delimiter=";")
    values = dict(zip(header, row, strict=True))
    assert header[11:20] == [
        "persyaratan",
        "prosedur",
        "waktu",
        "biaya",
        "produk",
        "kompetensi",
        "perilaku",
        "pengaduan",
        "sarana",
    ]
    assert values == {
        "unit": "b-dinas",
        "unit_name": "Dinas Contoh",
        "service": "nib",
        "service_name": "Penerbitan NIB",
        "id": str(id_),
        "local_date": "2026-07-01",
        "answered_at": "2026-07-01T11:00:00+09:00",
        "received_at": "2026-07-01T12:00:00+09:00",
        "channel": "qr",
        "point": "",
        "instrument": "skm-2017@1",
        **dict.fromkeys(header[11:20], ""),
        "persyaratan": "4",
        "sex": "P",
        "age": "34",
        "education": "D1-D4",
        "occupation": "IRT",
        "disability": "false",
        "seconds": "48",
        "state": "excluded",
        "flags": "fast straight",
    }


def test_columns_of_several_instruments_are_in_article_order_first_seen_first(tiny: Catalog) -> None:
    instruments = [tiny.get("tiny-three@1"), tiny.get("tiny-several@1"), tiny.get("tiny-three@2")]
    assert question_keys(instruments) == (
        "prosedur",
        "biaya",
        "perilaku",
        "waktu_tunggu",
        "waktu_proses",
        "waktu_hasil",
        "sarana_ruang",
        "sarana_alat",
    )


def test_importance_stands_behind_the_questions_of_all_instruments(tiny: Catalog) -> None:
    instruments = [tiny.get("tiny-importance@1"), tiny.get("tiny-three@1")]
    assert question_keys(instruments) == (
        *("prosedur", "biaya", "sarana_ruang", "sarana_alat", "perilaku"),
        *("penting_prosedur", "penting_sarana"),
    )


def test_scores_are_collected_by_service_and_instrument_and_only_those_that_count(
    shelf: Any, tiny: Catalog
) -> None:
    shelf.store("b-dinas", JULY, 1, instrument="tiny-three@2", scores={"biaya": 2})
    shelf.store("b-dinas", JULY, 1, instrument="tiny-three@2", scores={"biaya": 1}, state="excluded")
    shelf.store("b-dinas", JULY, 1, instrument="tiny-three@1", scores={"biaya": 3})
    covered = extent_of(shelf)
    found = score_matrix.collect(shelf.database, covered, tiny, page_rows=1)
    assert [(one.unit.code, one.service.code, one.matrix is None) for one in found] == [
        ("a-kota", "nib", True),
        ("b-dinas", "nib", False),
        ("b-dinas", "nib", False),
    ]
    matrices = [one.matrix for one in found if one.matrix]
    assert [(one.instrument.ref, one.respondents, one.excluded) for one in matrices] == [
        ("tiny-three@1", 1, 0),
        ("tiny-three@2", 1, 1),
    ]
    shelf.store("a-kota", JULY, 2, instrument="tiny-three@1", scores={"prosedur": 4, "perilaku": 1})
    first = score_matrix.collect(shelf.database, extent_of(shelf), tiny)[0]
    assert first.unit.code == "a-kota"
    assert list(first.matrix.rows()) == [(4, None, 1)] * 2
    assert {key: counts.counts for key, counts in matrices[1].tally().items()} == {
        "prosedur": (0, 0, 0, 0),
        "biaya": (0, 1, 0, 0),
        "perilaku": (0, 0, 0, 0),
    }


def test_more_respondents_than_a_worksheet_has_rows_are_refused(
    tiny: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_matrix, "RESPONDENTS_MAX", 3)
    matrix = score_matrix.ScoreMatrix(tiny.get("tiny-three@1"))
    matrix.add([{"biaya": 1}] * 3)
    with pytest.raises(TooManyRespondents):
        matrix.add([{"biaya": 1}])


def test_more_than_a_workbook_can_hold_is_refused(
    shelf: Any, tiny: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for unit in ("a-kota", "b-dinas"):
        shelf.store(unit, JULY, 2, instrument="tiny-three@1", scores={"biaya": 2})
    covered = extent_of(shelf)
    monkeypatch.setattr(score_matrix, "SHEETS_MAX", 1)
    with pytest.raises(TooManyServices):
        score_matrix.collect(shelf.database, covered, tiny)
    monkeypatch.setattr(score_matrix, "RESPONDENTS_MAX", 3)
    with pytest.raises(TooManyRespondents):
        score_matrix.collect(shelf.database, covered, tiny)
