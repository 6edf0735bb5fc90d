"""What taking answers out costs: `python -m benchmarks.exports [--database postgresql] [--rows 1000000]`.

CSV against the database's own client (psql's copy, sqlite3's shell) with the same query, a workbook against
XlsxWriter in constant memory, peak memory by the number of rows, and the p99 of answers that arrive at a fixed
rate while an export runs. Rounds take turns; ratios are of medians.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

from app.core.db import Database
from app.core.settings import Settings
from app.demo.load import GOVERNMENT
from app.exports import planning, queries
from app.exports.recipe import Format, Recipe
from app.ikm.periods import parse
from app.responses.catalog import registered_catalog
from app.units.queries import unit_by_code
from benchmarks.load import plain_exports
from benchmarks.load.databases import fresh_database
from benchmarks.load.fill import KEYS, fill
from benchmarks.load.processes import ROOT, Service, environment, serving

EVERYTHING, BOOK_END, NOBODY = "2025-01-01..2026-12-31", date(2025, 3, 15), date(2025, 1, 1)
POINT, SENDERS = "dpmptsp-nib-qr", 8
HEAD_START_SECONDS = 1.0  # an export reads its modules first


@dataclass(frozen=True)
class Run:
    """One process: seconds it took, seconds of processor that it used, MiB it held at most."""

    seconds: float
    busy: float
    mib: float


def child(recipe: Recipe, folder: Path) -> Run:
    """Our process, writing a file."""
    order = {"recipe": recipe.to_json(), "rows": 100_000, "path": str(folder / f"ours.{recipe.format}")}
    return _timed([sys.executable, "-m", "app.exports.child"], json.dumps(order) + "\n", folder / "ours.log")


def client(recipe: Recipe, folder: Path) -> Run:
    """The database's own client with the same query."""
    return _timed(plain_exports.shell(recipe, folder / "theirs.csv"), "", folder / "theirs.csv")


def row_by_row(recipe: Recipe, folder: Path) -> Run:
    """XlsxWriter with the same rows."""
    told = folder / "recipe.json"
    told.write_text(recipe.to_json(), encoding="utf-8")
    module = "benchmarks.load.plain_exports"
    return _timed(
        [sys.executable, "-m", module, str(told), str(folder / "theirs.xlsx")], "", folder / "theirs.log"
    )


def _timed(command: list[str], said: str, out: Path) -> Run:
    began = time.perf_counter()
    with out.open("wb") as file:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file, cwd=ROOT)
        assert process.stdin is not None
        process.stdin.write(said.encode())
        process.stdin.close()
        most = 0.0
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        while not ended:
            most = _most_mib(process.pid) or most
            time.sleep(0.02)
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return Run(time.perf_counter() - began, used.ru_utime + used.ru_stime, most)


def _most_mib(pid: int) -> float:
    """The most that a process held since it began; `ru_maxrss` would begin with what we hold ourselves."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def compared(ours: Callable[[], Run], theirs: Callable[[], Run], rounds: int) -> tuple[Run, Run, list[Run]]:
    """Medians of ours and of theirs, taking turns, and our runs."""
    mine, others = [], []
    for _ in range(rounds):
        others.append(theirs())
        mine.append(ours())
    return _median(mine), _median(others), mine


def _median(runs: list[Run]) -> Run:
    return Run(*(statistics.median(amounts) for amounts in zip(*map(astuple, runs), strict=True)))


class Arrivals(threading.Thread):
    """Answers at a fixed rate from a few connections; how long each took, counted from when it was due."""

    def __init__(self, service: Service, rate: float, seconds: float) -> None:
        super().__init__()
        self.service, self.rate, self.seconds = service, rate, seconds
        self.milliseconds: list[float] = []
        self.refused = 0

    def run(self) -> None:
        """Send until the time is over."""
        senders = [threading.Thread(target=self._send, args=(place,)) for place in range(SENDERS)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()

    def _send(self, place: int) -> None:
        connection = HTTPConnection("127.0.0.1", self.service.port, timeout=30)
        began, number = time.perf_counter() + place / self.rate, 0
        while (due := began + number * SENDERS / self.rate) < began + self.seconds:
            time.sleep(max(0.0, due - time.perf_counter()))
            scores = dict.fromkeys(KEYS, 1 + (number + place) % 4)
            body = json.dumps({"id": str(uuid4()), "point": POINT, "scores": scores})
            connection.request("POST", "/api/v1/responses", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            self.refused += answer.status >= 400
            self.milliseconds.append((time.perf_counter() - due) * 1000)
            number += 1

    @property
    def p99(self) -> float:
        """99th percentile in ms."""
        return statistics.quantiles(self.milliseconds, n=100)[98]


def disturbed(
    service: Service, recipe: Recipe, folder: Path, rate: float, seconds: float, rounds: int
) -> list[tuple[float, float, int]]:
    """Rounds that take turns: p99 of answers alone and beside exports, in ms, and how many were refused."""
    found = []
    for _ in range(rounds):
        alone, beside = Arrivals(service, rate, seconds), Arrivals(service, rate, seconds)
        alone.start()
        alone.join()
        over = threading.Event()
        exporting = threading.Thread(target=_export_until, args=(over, recipe, folder))
        exporting.start()
        time.sleep(HEAD_START_SECONDS)
        beside.start()
        beside.join()
        over.set()
        exporting.join()
        found.append((alone.p99, beside.p99, alone.refused + beside.refused))
    return found


def _export_until(over: threading.Event, recipe: Recipe, folder: Path) -> None:
    """Exports one after the other; the last one is broken off, so that many short rounds can take turns."""
    order = {"recipe": recipe.to_json(), "rows": 100_000, "path": str(folder / f"beside.{recipe.format}")}
    while not over.is_set():
        process = subprocess.Popen(
            [sys.executable, "-m", "app.exports.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.close()
        while process.poll() is None and not over.wait(0.05):
            pass
        if process.poll() is None:
            process.terminate()
            process.wait()
        elif process.returncode:
            raise RuntimeError(f"an export ended with {process.returncode}")


@contextmanager
def filled(kind: str, rows: int, units: int, folder: Path) -> Iterator[tuple[str, Recipe]]:
    """A database of so many answers, and the recipe of all of them as CSV."""
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(kind, folder / "database", units=units))
        settings = Settings(database_url=url, statement_timeout_seconds=3600)
        database = Database(settings)
        stack.callback(database.dispose)
        catalog = registered_catalog(database, settings.surveys_dir)
        fill(database, rows)
        settle(database)
        with database.read() as session:
            unit = unit_by_code(session, GOVERNMENT)
            assert unit is not None
            covered = queries.extent(session, unit, None, parse(EVERYTHING))
            recipe = planning.recipe_of(
                session, catalog, settings.database_url, covered, "csv", comments=False
            )
        yield url, recipe


def settle(database: Database) -> None:
    """What was filled lies where it belongs: the service does not begin by tidying up and writing back after us."""
    with closing(database.engine.raw_connection()) as connection:
        if database.is_sqlite:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        else:
            connection.driver_connection.autocommit = True
            for statement in ("VACUUM (ANALYZE)", "CHECKPOINT"):
                connection.cursor().execute(statement).close()
    os.sync()


def part(recipe: Recipe, form: Format, end: date) -> Recipe:
    """The same from its beginning until before `end`, in another format."""
    return replace(recipe, format=form, end=end)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument(
        "--seconds", type=float, default=5, help="of one turn of answers, alone or beside exports"
    )
    parser.add_argument("--turns", type=int, default=15, help="of answers alone and beside exports")
    asked = parser.parse_args()
    print(
        f"{asked.database}, {asked.rows:,} answers of {asked.units} units, medians of {asked.rounds} rounds; "
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    )
    with tempfile.TemporaryDirectory(prefix="eskm-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        url, recipe = stack.enter_context(filled(asked.database, asked.rows, asked.units, folder))
        _show_speed(recipe, folder, asked)
        told = environment(ESKM_DATABASE_URL=url, ESKM_SECRET_KEY_FILE=str(folder / "secret.key"))
        told |= {"ESKM_LOG_LEVEL": "WARNING", "ESKM_ANSWERS_PER_MINUTE": "0"}
        service = stack.enter_context(serving(told, folder / "serve.log"))
        Arrivals(service, asked.rate, asked.seconds).run()  # the first answers find nothing warm
        _show_waiting(disturbed(service, recipe, folder, asked.rate, asked.seconds, asked.turns), asked.rate)


def _show_waiting(found: list[tuple[float, float, int]], rate: float) -> None:
    alone, beside = (statistics.median(one[place] for one in found) for place in (0, 1))
    ratio = statistics.median(one[1] / one[0] for one in found)
    print(
        f"\nanswers at {rate:.0f}/s: p99 {alone:.1f} ms alone, {beside:.1f} ms beside exports, {ratio:.2f} times "
        f"in the median of {len(found)} rounds ({min(one[1] / one[0] for one in found):.2f} to "
        f"{max(one[1] / one[0] for one in found):.2f}); {sum(one[2] for one in found)} refused"
    )


def _show_speed(recipe: Recipe, folder: Path, asked: argparse.Namespace) -> None:
    name = "sqlite3 shell" if recipe.is_sqlite else "psql \\copy"
    book = part(recipe, "xlsx", BOOK_END)
    idle = child(part(recipe, "csv", NOBODY), folder)
    ours, theirs, runs = compared(lambda: child(recipe, folder), lambda: client(recipe, folder), asked.rounds)
    few = child(part(recipe, "csv", BOOK_END), folder)
    rows = asked.rows * (BOOK_END - date(2025, 1, 1)).days / 730
    mine, others, books = compared(
        lambda: child(book, folder), lambda: row_by_row(book, folder), asked.rounds
    )
    # A process that makes an export stands back for the others: on a busy machine only its own time says something.
    print("| export | rows | rows/s | baseline | rows/s | ratio | ratio of processor time | MiB above idle |")
    print("|---" * 8 + "|")
    most = max(run.mib for run in runs) - idle.mib
    print(
        f"| CSV | {asked.rows:,} | {asked.rows / ours.seconds:,.0f} | {name} | "
        f"{asked.rows / theirs.seconds:,.0f} | {theirs.seconds / ours.seconds:.2f} | "
        f"{theirs.busy / ours.busy:.2f} | {most:.0f} (at {rows:,.0f}: {few.mib - idle.mib:.0f}) |"
    )
    most = max(run.mib for run in books) - idle.mib
    print(
        f"| XLSX | {rows:,.0f} | {rows / mine.seconds:,.0f} | XlsxWriter, constant memory | "
        f"{rows / others.seconds:,.0f} | {others.seconds / mine.seconds:.2f} | {others.busy / mine.busy:.2f} | "
        f"{most:.0f} |"
    )
    print(f"\nidle: {idle.mib:.0f} MiB")
    for form in ("parquet", "sav"):
        run = child(part(recipe, form, BOOK_END), folder)
        print(f"{form}: {rows / run.seconds:,.0f} rows/s, {run.mib - idle.mib:.0f} MiB above idle")


if __name__ == "__main__":
    main()
