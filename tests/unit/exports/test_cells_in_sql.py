"""What makes a text harmless in SQL is what makes it so in Python, for whatever somebody may have written."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from app.exports import planning, queries, responses_csv
from app.exports.cells import DIALECTS, Locale
from app.exports.reading import Reading, through
from app.ikm.periods import parse
from app.instruments.catalog import Catalog
from app.responses.tables import Comment
from app.units.queries import unit_by_code
from app.units.tables import ZONES

TEXTS = (
    *("=1+1", "+62811", "-1", "@SUM(A1)", "\tx", "\rx", "  =1", "\n=1", "\ufeff=1", "\u200b=1", "\u00a0=1"),
    *("＝1", "−1", "bagus;=1+1", "bagus, \t=1+1", "baris\r\n@x", "a;b,c", 'dia bilang "bagus"\nsekali'),
    *(" \u2003-1", "\x85=1", "\x1f+1", "\u3000@1", "\u202e=1", "a,,=1", ";;==", "'=1", "''", '"', '""=1'),
    *("مرحبا 👋🏽", "\\.", "\\N", "\\", "NULL", ",", ";", "%s", "%", "?", "a\tb", "x\r", "x,-", "-", "", " "),
)


@pytest.mark.parametrize("locale", ["en", "id"])
def test_every_comment_is_written_as_python_would(shelf: Any, catalog: Catalog, locale: Locale) -> None:
    ids = shelf.store("a-kota", date(2026, 7, 1), len(TEXTS))
    more = {"service_id": shelf.services["a-kota"], "local_date": date(2026, 7, 1), "respondent_mean": 0}
    rows = [
        {"unit_id": shelf.units["a-kota"], "response_id": id_, "text": text, "state": "new", **more}
        for id_, text in zip(ids, TEXTS, strict=True)
    ]
    with shelf.database.write() as session:
        session.execute(insert(Comment), rows)
    found = {row["id"]: row["comment"] for row in read(shelf, catalog, locale)}
    cell = DIALECTS[locale].cell
    assert found == {str(id_): cell(text) for id_, text in zip(ids, TEXTS, strict=True)}


def read(shelf: Any, catalog: Catalog, locale: Locale) -> Iterator[dict[str, str]]:
    with shelf.database.read() as session:
        unit = unit_by_code(session, "a-kota")
        assert unit is not None
        covered = queries.extent(session, unit, None, parse("2026-Q3"))
        url = shelf.database.engine.url.render_as_string(hide_password=False)
        recipe = planning.recipe_of(session, catalog, url, covered, "csv", comments=True, locale=locale)
    content = b"".join(responses_csv.pieces(Reading(recipe, through(shelf.database)))).decode("utf-8-sig")
    separator = DIALECTS[locale].separator
    yield from csv.DictReader(io.StringIO(content, newline=""), delimiter=separator)


@pytest.mark.parametrize("zone", ZONES)
def test_times_are_those_of_the_unit(shelf: Any, catalog: Catalog, zone: str) -> None:
    at = datetime(2026, 7, 31, 18, 30, 15, 987654, tzinfo=UTC)
    shelf.store("a-kota", date(2026, 8, 1), answered_at=at, received_at=at)
    with shelf.database.write() as session:
        unit = unit_by_code(session, "a-kota")
        assert unit is not None
        unit.timezone = zone
    (row,) = read(shelf, catalog, "en")
    expected = {"Asia/Makassar": "2026-08-01T02:30:15+08:00", "Asia/Jayapura": "2026-08-01T03:30:15+09:00"}
    assert row["answered_at"] == row["received_at"] == expected.get(zone, "2026-08-01T01:30:15+07:00")
