"""What a report costs: `python -m benchmarks.report [--rows 100]`.

The SKM report of the demonstration as PDF, long by as many rows of plans as are asked for, against the same report
as a Word file that LibreOffice turns into a PDF. Every report is another one: nothing of the one before serves the
next. Needs `pdfinfo` (poppler-utils) and `soffice`.
"""

import argparse
import asyncio
import os
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from app.core.db import Database
from app.core.migrations import upgrade
from app.core.settings import Settings
from app.demo.followups import follow_up_story
from app.demo.load import Plan, load
from app.files.storage import open_storage
from app.ikm.periods import parse
from app.reports import laporan
from app.reports.survey_facts import Facts, facts_of
from app.responses.catalog import registered_catalog
from app.units.queries import unit_by_code

PLAN = Plan(responses=6000, units=6, years=2, until=date(2026, 9, 30), seed=14)
UNITS, PERIODS = ("disdukcapil", "rsud"), ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
ADDRESS = "https://skm.kota.example"


def reports(folder: Path, rows: int) -> Iterator[Facts]:
    """Reports with plans of so many rows, each of another unit or period."""
    settings = Settings(database_url=f"sqlite:///{folder / 'eskm.db'}", files_url=str(folder / "files"))
    with ExitStack() as stack:
        database = Database(settings)
        stack.callback(database.dispose)
        upgrade(database)
        catalog = registered_catalog(database, settings.surveys_dir)
        asyncio.run(load(database, catalog, PLAN))
        follow_up_story(database, catalog, open_storage(settings.files_url), PLAN.until)
        for code in UNITS:
            for period in PERIODS:
                with database.read() as session:
                    unit = unit_by_code(session, code)
                    assert unit is not None
                    facts = facts_of(session, catalog, unit, parse(period), datetime.now(UTC))
                    session.expunge_all()
                plan = facts.plan or facts.previous_plan
                if plan:
                    long = tuple(plan[number % len(plan)] for number in range(rows))
                    yield replace(facts, plan=long, previous_plan=long)


def pages(content: bytes) -> int:
    """How many there are."""
    said = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True).stdout.decode()
    return next(int(line.split()[1]) for line in said.splitlines() if line.startswith("Pages:"))


def by_office(word: bytes, folder: Path) -> float:
    """Seconds that LibreOffice takes for a Word file, its start included."""
    file = folder / "laporan.docx"
    file.write_bytes(word)
    profile = f"-env:UserInstallation=file://{folder / 'office'}"
    began = time.perf_counter()
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(file)]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100)
    asked = parser.parse_args()
    print(
        f"plans of {asked.rows} rows; {os.cpu_count()} cores, {platform.machine()}, "
        f"Python {platform.python_version()}"
    )
    print("| report | pages | PDF, s | processor, s | Word, s | Word and LibreOffice, s | ratio |")
    print("|---" * 7 + "|")
    ratios = []
    with tempfile.TemporaryDirectory(prefix="eskm-bench-") as name:
        folder = Path(name)
        for number, facts in enumerate(reports(folder, asked.rows)):
            began, busy = time.perf_counter(), time.process_time()
            content = laporan.pdf(facts, ADDRESS, None)
            seconds, busy = time.perf_counter() - began, time.process_time() - busy
            began = time.perf_counter()
            word = laporan.docx(facts, ADDRESS, None)
            written = time.perf_counter() - began
            office = written + by_office(word, folder)
            ratios.append(office / seconds)
            said = f"{facts.unit.code} {facts.period.code}" + (
                ", the first of the process" if not number else ""
            )
            print(
                f"| {said} | {pages(content)} | {seconds:.2f} | {busy:.2f} | {written:.2f} | {office:.2f} "
                f"| {office / seconds:.1f} |",
                flush=True,
            )
    print(f"\nratio: {statistics.median(ratios):.1f} in the median")


if __name__ == "__main__":
    main()
