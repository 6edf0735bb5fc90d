"""Intake over HTTP against three baselines in the same run: `python -m benchmarks.intake`.

Every service is one process on the loopback, loaded by `wrk` with 64 connections and bodies that vary; rounds take
turns, so that a machine that becomes slower does so for all. Ratios are of medians. Needs wrk (Debian: wrk).
Each answer comes as the form sends it, with its page's token; with `--bare` as from a program at a form's point,
which is stored with a flag.
"""

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from app.auth.keys import Keys
from app.core.clock import utc_now
from app.core.secrets import load_or_create
from app.responses.page_token import PageTokens
from benchmarks.load.databases import fresh_database
from benchmarks.load.processes import Service, baseline, environment, serving

LUA = Path(__file__).parent / "load" / "answers.lua"
POINTS = ("dpmptsp-nib-qr", "dpmptsp-pbg-qr", "rsud-rawat-jalan-qr", "rsud-farmasi-loket")
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}


@dataclass
class Measured:
    """What the rounds of one service gave: answers a second, 99th percentile in ms."""

    rates: list[float] = field(default_factory=list)
    tails: list[float] = field(default_factory=list)
    refused: int = 0
    memory: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Median answers a second."""
        return statistics.median(self.rates)

    @property
    def tail(self) -> float:
        """Median of the 99th percentiles, in ms."""
        return statistics.median(self.tails)


def pages(key: Path) -> list[str]:
    """Each point with the token of a form that was opened a minute ago, on an installation with this key."""
    tokens, opened = PageTokens(Keys(load_or_create(key))), utc_now() - timedelta(minutes=1)
    return [f"{point}={tokens.issue(point, opened)}" for point in POINTS]


def load(
    service: Service, seconds: int, connections: int, seed: int, points: Sequence[str]
) -> tuple[float, float, int]:
    """One round: answers a second, 99th percentile in ms, answers other than 2xx."""
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--timeout",
        "30s",
        "--latency",
        "-s",
        str(LUA),
    ]
    out = subprocess.run(
        [*command, service.url, "--", str(seed), *points], check=True, capture_output=True, text=True
    ).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])  # type: ignore[index]
    tail = re.search(r"99%\s+([\d.]+)(us|ms|s|m)", out)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    assert tail is not None
    return rate, float(tail[1]) * UNITS[tail[2]], int(refused[1]) if refused else 0


@contextmanager
def services(database: str, directory: Path, processes: Sequence[int]) -> Iterator[dict[str, Service]]:
    """Ours with each number of processes, and the baselines; each that stores has a database of its own."""
    with ExitStack() as stack:

        def told(name: str) -> dict[str, str]:
            url = stack.enter_context(fresh_database(database, directory / name))
            key = str(directory / "secret.key")
            return environment(ESKM_DATABASE_URL=url, ESKM_SECRET_KEY_FILE=key, ESKM_LOG_LEVEL="WARNING")

        log, started = directory / "serve.log", {}
        for name in ("parse", "validate", "usual"):
            started[name] = stack.enter_context(baseline(name, told(name), log))
        for number in processes:
            name = "eskm" if number == 1 else f"eskm x{number}"
            started[name] = stack.enter_context(serving(told(f"eskm{number}"), log, workers=number))
        yield started


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--processes", type=int, nargs="+", default=[1])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--bare", action="store_true", help="without the tokens of pages")
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing (Debian: apt-get install wrk)")
    with (
        tempfile.TemporaryDirectory(prefix="eskm-bench-") as folder,
        services(asked.database, Path(folder), asked.processes) as started,
    ):
        points = POINTS if asked.bare else pages(Path(folder) / "secret.key")
        results = {name: Measured(memory=[service.memory_mib()]) for name, service in started.items()}
        for service in started.values():
            load(service, 1, asked.connections, 999, points)
        for number in range(asked.rounds):
            for name, service in started.items():
                rate, tail, refused = load(service, asked.seconds, asked.connections, number + 1, points)
                results[name].rates.append(rate)
                results[name].tails.append(tail)
                results[name].refused += refused
                results[name].memory.append(service.memory_mib())
    show(asked, results)


def show(asked: argparse.Namespace, results: dict[str, Measured]) -> None:
    """Print the table of ratios."""
    print(
        f"{asked.database}, {asked.connections} connections, "
        f"medians of {asked.rounds} rounds of {asked.seconds} s, "
        f"{os.cpu_count()} cores shared with the client, {platform.machine()}, Python {platform.python_version()}"
    )
    print(
        "| service | answers/s | to parse | to validate | to usual | p99 ms | p99 to usual | not 2xx "
        "| MiB at start | MiB most |"
    )
    print("|---" * 10 + "|")
    for name, one in results.items():
        ratios = " | ".join(
            f"{one.rate / results[other].rate:.2f}" for other in ("parse", "validate", "usual")
        )
        tail = f"{one.tail:.0f} | {one.tail / results['usual'].tail:.3f}"
        memory = f"{one.memory[0]:.0f} | {max(one.memory):.0f}"
        print(f"| {name} | {one.rate:.0f} | {ratios} | {tail} | {one.refused} | {memory} |")


if __name__ == "__main__":
    main()
