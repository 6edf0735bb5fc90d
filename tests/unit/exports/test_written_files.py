"""Files that outgrow what was expected while they are made: nothing is cut, no row is lost."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyreadstat
import pytest
from sqlalchemy import insert

from app.exports import planning, queries, responses_sav, responses_xlsx
from app.exports.reading import Reading, through
from app.ikm.periods import parse
from app.instruments.catalog import Catalog
from app.responses.tables import Comment
from app.units.queries import unit_by_code

JULY = date(2026, 7, 1)


class Growing(Reading):
    """Answers to which `then` adds some as soon as the longest comment was measured, once."""

    def __init__(self, *more: Any, then: Any = None) -> None:
        super().__init__(*more)
        self.then = then

    def comment_bytes_most(self) -> int:
        longest, then, self.then = super().comment_bytes_most(), self.then, None
        if then:
            then()
        return longest


def reading_of(
    shelf: Any, catalog: Catalog, form: str, then: Any = None, *, comments: bool = False
) -> Growing:
    url = str(shelf.database.engine.url.render_as_string(hide_password=False))
    with shelf.database.read() as session:
        unit = unit_by_code(session, "a-kota")
        assert unit is not None
        covered = queries.extent(session, unit, None, parse("2026-Q3"))
        recipe = planning.recipe_of(session, catalog, url, covered, form, comments=comments)
    return Growing(recipe, through(shelf.database), then=then)


def ids_by_sheet(path: Path) -> dict[str, list[str]]:
    book = openpyxl.load_workbook(path, read_only=True)
    sheets = {}
    for sheet in book:
        head, *rows = sheet.iter_rows(values_only=True)
        if sheet.title != "Kamus data":
            sheets[sheet.title] = [row[head.index("id")] for row in rows]
    return sheets


@pytest.mark.parametrize(
    ("expected", "sizes"),
    [
        (7, [3, 3, 1]),
        (6, [3, 4]),  # one more has come: the last sheet has room for it
        (4, [3, 4]),
        (3, [3, 4]),  # more than the room of one sheet: made anew with two
        (0, [3, 4]),
        (9, [3, 3, 1]),
        (12, [3, 3, 1, 0]),  # some were erased meanwhile
    ],
)
def test_rows_go_on_in_the_next_sheet(
    shelf: Any, catalog: Catalog, tmp_path: Path, expected: int, sizes: list[int]
) -> None:
    ids = [str(id_) for id_ in sorted(shelf.store("a-kota", JULY, 7))]
    path = tmp_path / "a.xlsx"
    responses_xlsx.write(path, reading_of(shelf, catalog, "xlsx"), expected, sheet_rows=3, rows_most=4)
    found = ids_by_sheet(path)
    assert list(found) == [f"Jawaban {place + 1}" for place in range(len(sizes))]
    rows = [[id_ for id_ in sheet if id_] for sheet in found.values()]
    assert [len(sheet) for sheet in rows] == sizes
    assert [id_ for sheet in rows for id_ in sheet] == ids


def test_the_limits_are_those_of_a_sheet() -> None:
    """With its head, the last sheet ends where every sheet ends."""
    assert responses_xlsx.ROWS_MOST + 1 == 1_048_576
    assert responses_xlsx.SHEET_ROWS <= responses_xlsx.ROWS_MOST


def test_a_comment_that_arrives_meanwhile_is_whole(shelf: Any, catalog: Catalog, tmp_path: Path) -> None:
    (first,) = shelf.store("a-kota", JULY)
    late = "😀" * 2000

    def comment(id_: Any, text: str) -> None:
        with shelf.database.write() as session:
            values = {"unit_id": shelf.units["a-kota"], "response_id": id_, "text": text}
            values |= {"service_id": shelf.services["a-kota"], "local_date": JULY, "respondent_mean": 0}
            session.execute(insert(Comment).values(values))

    comment(first, "pendek")
    reading = reading_of(
        shelf, catalog, "sav", lambda: comment(shelf.store("a-kota", JULY)[0], late), comments=True
    )
    path = tmp_path / "a.sav"
    responses_sav.write(path, reading)
    columns, _ = pyreadstat.read_sav(path, output_format="dict")
    assert sorted(columns["comment"]) == ["pendek", late]
