"""Server time of the pages of results at 10^5 and more stored answers: `python -m benchmarks.dashboard`.

A government with 200 units, two years of answers. Every page is asked for over ASGI by somebody who may read it;
measured is the time until the whole page is there. Sizes take turns, so that whatever else the machine does
falls on all of them; the last columns are ratios to the smallest size, of the same run.
"""

import argparse
import os
import platform
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from app.auth.roles import Role
from app.auth.service import create_token
from app.core.clock import utc_now
from app.core.db import Database
from app.core.settings import Settings
from app.demo.load import GOVERNMENT
from app.factory import create_app
from app.units.queries import unit_by_code
from benchmarks.aggregation import ONE_UNIT, timed_ms
from benchmarks.load.databases import fresh_database
from benchmarks.load.fill import fill

PAGES = {
    "government, quarter": f"/petugas/pemerintah/{GOVERNMENT}?period=2026-Q3",
    "government, free dates": f"/petugas/pemerintah/{GOVERNMENT}?period=2026-07-17..2026-09-15",
    "whole as a unit": f"/petugas/unit/{GOVERNMENT}?period=2026-Q3",
    "one unit": f"/petugas/unit/{ONE_UNIT}?period=2026-Q3",
}


@contextmanager
def site(kind: str, size: int, units: int) -> Iterator[TestClient]:
    """A client of a service with so many answers, that may read all results."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="eskm-bench-")))
        url = stack.enter_context(fresh_database(kind, folder, units=units))
        settings = Settings(
            database_url=url,
            secret_key_file=folder / "key",
            statement_timeout_seconds=3600,
            log_level="ERROR",
        )
        client = stack.enter_context(TestClient(create_app(settings)))
        database = Database(settings)
        stack.callback(database.dispose)
        print(f"{size:,} answers filled in {timed_ms(lambda: fill(database, size)) / 1000:.0f} s", flush=True)
        with database.write() as session:
            unit = unit_by_code(session, GOVERNMENT)
            assert unit is not None
            assert unit.id is not None
            secret = create_token(
                session, role=Role.EVALUATOR, unit_id=unit.id, name="benchmark", now=utc_now()
            )
        client.headers.update({"Authorization": f"Bearer {secret}", "Accept": "text/html"})
        yield client


def fetch(client: TestClient, address: str) -> None:
    """One page, in full."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:500]
    assert "big-number" in answer.text


def medians_ms(clients: dict[int, TestClient], repetitions: int) -> dict[int, dict[str, float]]:
    """Medians by size and page."""
    rows: dict[int, dict[str, float]] = {size: {} for size in clients}
    for name, address in PAGES.items():
        times: dict[int, list[float]] = {size: [] for size in clients}
        for client in clients.values():
            fetch(client, address)  # not counted
        for _ in range(repetitions):
            for size, client in clients.items():
                times[size].append(timed_ms(lambda client=client, address=address: fetch(client, address)))  # type: ignore[misc]
        for size, taken in times.items():
            rows[size][name] = statistics.median(taken)
    return rows


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--huge", action="store_true", help="10^7 answers, too")
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--repetitions", type=int, default=7)
    asked = parser.parse_args()
    sizes = sorted({*asked.sizes, *([10_000_000] if asked.huge else [])})
    with ExitStack() as stack:
        clients = {size: stack.enter_context(site(asked.database, size, asked.units)) for size in sizes}
        rows = medians_ms(clients, asked.repetitions)
    print(
        f"{asked.database}, {asked.units} units, medians of {asked.repetitions}, ms; {os.cpu_count()} cores, "
        f"{platform.machine()}, Python {platform.python_version()}"
    )
    print(f"| answers | {' | '.join(PAGES)} | {' | '.join(f'{name}, ratio' for name in PAGES)} |")
    print("|---" * (2 * len(PAGES) + 1) + "|")
    for size, times in rows.items():
        cells = " | ".join(f"{times[name]:.0f}" for name in PAGES)
        ratios = " | ".join(f"{times[name] / rows[sizes[0]][name]:.2f}" for name in PAGES)
        print(f"| {size:,} | {cells} | {ratios} |")


if __name__ == "__main__":
    main()
