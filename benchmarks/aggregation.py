"""What a result costs at 10^4 to 10^7 stored answers: `python -m benchmarks.aggregation --sizes 10000 100000 …`.

200 units, two years. Whole-month results come from tallies and must not grow with the answers; the path over raw
rows is compared with plain SQL that counts the same rows. Times are medians of several repetitions in one process.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
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


def median_ms(work: Callable[[], object], repetitions: int) -> float:
    """The median time of `work`, in ms, after one run that is not counted."""
    if repetitions > 1:
        work()
    times = []
    for _ in range(repetitions):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def measure(database: Database, catalog: Catalog, repetitions: int) -> dict[str, float]:
    """Times in ms, by what was done."""
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

    def plain(where: str) -> Callable[[], object]:
        def run() -> None:
            with database.read() as session:
                session.execute(
                    text(count_tallies(database.engine.dialect.name).replace(" GROUP", f"{where} GROUP"))
                ).all()

        return run

    with database.read() as session:
        unit_id = unit_of(session, ONE_UNIT).id
    edges = f" WHERE unit_id = {unit_id} AND local_date >= '2026-07-17' AND local_date < '2026-09-16'"
    works = (lambda: result(QUARTER), lambda: result(BROKEN), plain(edges), ranking)
    times = {name: median_ms(work, repetitions) for name, work in zip(WHAT, works, strict=False)}
    return {**times, WHAT[-1]: median_ms(plain(""), 1)}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--repetitions", type=int, default=9)
    asked = parser.parse_args()
    rows: dict[int, dict[str, float]] = {}
    for size in asked.sizes:
        with (
            tempfile.TemporaryDirectory(prefix="eskm-bench-") as folder,
            fresh_database(asked.database, Path(folder), units=asked.units) as url,
        ):
            settings = Settings(database_url=url, statement_timeout_seconds=3600)
            database = Database(settings)
            catalog = registered_catalog(database, settings.surveys_dir)
            began = time.perf_counter()
            fill(database, size)
            print(f"{size} answers filled in {time.perf_counter() - began:.0f} s", flush=True)
            rows[size] = measure(database, catalog, asked.repetitions)
            database.dispose()
    print(
        f"{asked.database}, {asked.units} units, medians of {asked.repetitions}, ms; {os.cpu_count()} cores, "
        f"{platform.machine()}, Python {platform.python_version()}"
    )
    print(f"| answers | {' | '.join(WHAT)} | ranking to raw | ranking to its time at {asked.sizes[0]} |")
    print("|---" * (len(WHAT) + 3) + "|")
    for size, times in rows.items():
        cells = " | ".join(f"{times[name]:.1f}" for name in WHAT)
        first = rows[asked.sizes[0]]["ranking, quarter"]
        ratio = times["ranking, quarter"] / times[WHAT[-1]]
        print(f"| {size:,} | {cells} | {ratio:.4f} | {times['ranking, quarter'] / first:.2f} |")


if __name__ == "__main__":
    main()
