"""What a result costs at 10^4 to 10^7 stored answers: `python -m benchmarks.aggregation --sizes 10000 100000 …`.

200 units, two years. Whole-month results come from tallies and must not grow with the answers; the path over raw
rows is compared with plain SQL that counts the same rows. Times are medians of several rounds in one process, in
which the sizes take turns.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

from app.aggregation.ranking import ranking_of
from app.aggregation.results import Question, results_of
from app.aggregation.schemas import Printer
from app.core.clock import utc_now
from app.core.db import Database
from app.core.settings import Settings
from app.demo.load import GOVERNMENT
from app.ikm.periods import parse
from app.instruments.catalog import Catalog
from app.responses.catalog import registered_catalog
from app.units.queries import unit_by_code
from app.units.tables import Unit
from benchmarks.load.databases import fresh_database
from benchmarks.load.fill import count_tallies, fill

QUARTER, BROKEN, ONE_UNIT = "2026-Q3", "2026-07-17..2026-09-15", "dpmptsp"
WHAT = (
    "unit, quarter",
    "unit, broken period",
    "plain SQL, broken period",
    "ranking, quarter",
    "all raw rows by SQL",
)


Work = Callable[[], object]


@dataclass(frozen=True)
class Filled:
    """A database with answers, and what is measured on it."""

    database: Database
    works: dict[str, Work]


def timed_ms(work: Work) -> float:
    """One run, in ms."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def medians_ms(filled: dict[int, Filled], repetitions: int) -> dict[int, dict[str, float]]:
    """Medians by size and work. Sizes take turns, so that whatever else the machine does falls on all of them."""
    rows: dict[int, dict[str, float]] = {size: {} for size in filled}
    for name in WHAT[:-1]:
        for one in filled.values():
            one.works[name]()  # not counted
        times: dict[int, list[float]] = {size: [] for size in filled}
        for _ in range(repetitions):
            for size, one in filled.items():
                times[size].append(timed_ms(one.works[name]))
        for size, taken in times.items():
            rows[size][name] = statistics.median(taken)
    for size, one in filled.items():
        rows[size][WHAT[-1]] = timed_ms(one.works[WHAT[-1]])
    return rows


def works_on(database: Database, catalog: Catalog) -> dict[str, Work]:
    """What is measured, by its name in the table."""
    printer = Printer("id", utc_now())

    def unit_of(session: Session, code: str) -> Unit:
        unit = unit_by_code(session, code)
        assert unit is not None
        return unit

    def result(period: str) -> None:
        with database.read() as session:
            found = results_of(session, catalog, unit_of(session, ONE_UNIT), Question(parse(period)))
            printer.answer(found).model_dump_json()

    def ranking() -> None:
        with database.read() as session:
            found = ranking_of(session, catalog, unit_of(session, GOVERNMENT), Question(parse(QUARTER)))
            printer.ranking(found).model_dump_json()

    def plain(where: str) -> None:
        statement = count_tallies(database.engine.dialect.name).replace(" GROUP", f"{where} GROUP")
        with database.read() as session:
            session.execute(text(statement)).all()

    with database.read() as session:
        unit_id = unit_of(session, ONE_UNIT).id
    edges = f" WHERE unit_id = {unit_id} AND local_date >= '2026-07-17' AND local_date < '2026-09-16'"
    works: tuple[Work, ...] = (
        lambda: result(QUARTER),
        lambda: result(BROKEN),
        lambda: plain(edges),
        ranking,
        lambda: plain(""),
    )
    return dict(zip(WHAT, works, strict=True))


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--repetitions", type=int, default=9)
    asked = parser.parse_args()
    with ExitStack() as stack:
        filled = {size: _filled(stack, asked.database, size, asked.units) for size in sorted(asked.sizes)}
        rows = medians_ms(filled, asked.repetitions)
    print(
        f"{asked.database}, {asked.units} units, medians of {asked.repetitions}, ms; {os.cpu_count()} cores, "
        f"{platform.machine()}, Python {platform.python_version()}"
    )
    base = 100_000 if 100_000 in rows else min(rows)
    print(f"| answers | {' | '.join(WHAT)} | ranking to raw | ranking to its time at {base:,} |")
    print("|---" * (len(WHAT) + 3) + "|")
    for size, times in rows.items():
        cells = " | ".join(f"{times[name]:.1f}" for name in WHAT)
        ratio = times["ranking, quarter"] / times[WHAT[-1]]
        growth = times["ranking, quarter"] / rows[base]["ranking, quarter"]
        print(f"| {size:,} | {cells} | {ratio:.4f} | {growth:.2f} |")


def _filled(stack: ExitStack, kind: str, size: int, units: int) -> Filled:
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="eskm-bench-"))
    url = stack.enter_context(fresh_database(kind, Path(folder), units=units))
    settings = Settings(database_url=url, statement_timeout_seconds=3600)
    database = Database(settings)
    stack.callback(database.dispose)
    catalog = registered_catalog(database, settings.surveys_dir)
    print(f"{size:,} answers filled in {timed_ms(lambda: fill(database, size)) / 1000:.0f} s", flush=True)
    return Filled(database, works_on(database, catalog))


if __name__ == "__main__":
    main()
