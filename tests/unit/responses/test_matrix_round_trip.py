"""Any matrix of valid scores, in any shape that people save it in, is stored as it is, once."""

import asyncio
import csv
import io
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlmodel import select

from app.core.db import Database
from app.core.settings import Settings
from app.instruments import loader
from app.instruments.catalog import Catalog
from app.metadata import metadata
from app.responses.matrix_import import ImportRequest, import_matrix
from app.responses.tables import Response, Tally
from app.units.tables import Service, Unit

# tiny-three: the article's order, and the order in which it asks.
ORDERS = {
    "article": ("prosedur", "biaya", "perilaku"),
    "questionnaire": ("perilaku", "prosedur", "biaya"),
}
Scores = tuple[int | None, int | None, int | None]


@dataclass(frozen=True)
class Saved:
    rows: list[Scores]
    blank_after: frozenset[int]
    order: str
    by_key: bool
    columns: tuple[int, int, int]
    workbook: bool
    separator: str
    encoding: str

    def lines(self) -> list[list[str | int | None]]:
        keys = ORDERS[self.order]
        header = [keys[place] if self.by_key else f"U{place + 1}" for place in self.columns]
        lines: list[list[str | int | None]] = [["No", *header]]
        for number, row in enumerate(self.rows, start=1):
            lines.append([number, *(row[place] for place in self.columns)])
            if number in self.blank_after:
                lines.append([None] * 4)
        return lines

    def write(self, directory: Path) -> Path:
        path = directory / "matriks"
        if self.workbook:
            book = Workbook()
            for line in self.lines():
                book.active.append(line)
            book.save(path)
        else:
            text = io.StringIO()
            csv.writer(text, delimiter=self.separator).writerows(self.lines())
            path.write_bytes(text.getvalue().encode(self.encoding))
        return path

    def expected(self) -> Counter[tuple[tuple[str, int], ...]]:
        keys = ORDERS[self.order]
        return Counter(
            tuple(sorted((key, score) for key, score in zip(keys, row, strict=True) if score is not None))
            for row in self.rows
        )


score = st.none() | st.integers(1, 4)
matrices = st.builds(
    Saved,
    rows=st.lists(st.tuples(score, score, score).filter(any), min_size=1, max_size=12),
    blank_after=st.frozensets(st.integers(1, 12), max_size=3),
    order=st.sampled_from(sorted(ORDERS)),
    by_key=st.booleans(),
    columns=st.permutations(range(3)).map(tuple),
    workbook=st.booleans(),
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return loader.load(Path(__file__).parents[3] / "surveys" / "tests")


@given(saved=matrices)
@settings(max_examples=30, deadline=None)
def test_any_matrix_round_trips(saved: Saved, catalog: Catalog) -> None:
    with TemporaryDirectory() as name:
        database = Database(Settings(database_url=f"sqlite:///{name}/trip.db"))
        try:
            metadata.create_all(database.engine)
            with database.write() as session:
                session.add(Unit(id=1, code="u", name="U"))
                session.flush()
                session.add(Service(unit_id=1, code="s", name="S", instrument="tiny-three"))
            path = saved.write(Path(name))
            request = ImportRequest(
                "u",
                "s",
                saved.order,  # type: ignore[arg-type]
                answered_on=date(2026, 1, 1),
                allow_blank=True,
            )
            for stored, duplicates in ((len(saved.rows), 0), (0, len(saved.rows))):
                report = asyncio.run(import_matrix(path, request, database, catalog))
                assert (report.stored, report.duplicates, report.faults) == (stored, duplicates, ())
            check(database, saved)
        finally:
            database.dispose()


def check(database: Database, saved: Saved) -> None:
    with database.read() as session:
        rows = session.exec(select(Response.scores)).all()
        tallies = session.exec(select(Tally)).all()
    expected = saved.expected()
    assert Counter(tuple(sorted(scores.items())) for scores in rows) == expected
    given_scores: Counter[tuple[str, int]] = Counter()
    for answer, times in expected.items():
        for one in answer:
            given_scores[one] += times
    found = Counter(
        {(row.question, place): getattr(row, f"c{place}") for row in tallies for place in range(1, 7)}
    )
    assert +found == given_scores
