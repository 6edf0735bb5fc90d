"""From the command to the first answered request and the first stored answer: `python -m benchmarks.start`.

`eskm serve` on a database that is there, against the least FastAPI service under the same server. Starts take
turns; modules are compiled beforehand, as an installation has them.
"""

import argparse
import http.client
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from benchmarks.load.databases import fresh_database
from benchmarks.load.fill import KEYS
from benchmarks.load.processes import START_SECONDS, Service, environment, start, start_app

POINT = "dpmptsp-nib-qr"
PAUSE_SECONDS = 0.005
LIMIT_SECONDS = 2.0
Times = tuple[float, float, float]


def measured(begin: Callable[[], Service]) -> Times:
    """Seconds from the start of the process to a ready service, of them on a processor, and to the first answer."""
    began = time.perf_counter()
    service = begin()
    try:
        while service.status("/readyz") != 200:
            if service.code() is not None or time.perf_counter() - began > START_SECONDS:
                raise RuntimeError(f"it does not start: {service.log.read_text()}")
            time.sleep(PAUSE_SECONDS)
        ready, busy = time.perf_counter() - began, service.cpu_seconds()
        answer(service)
        return ready, busy, time.perf_counter() - began
    finally:
        service.stop()


def answer(service: Service) -> None:
    """Send one answer, which must be taken."""
    body = {"id": str(uuid4()), "point": POINT, "scores": dict.fromkeys(KEYS, 3)}
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/api/v1/responses", json.dumps(body), headers)
    reply = connection.getresponse()
    told = reply.read()
    connection.close()
    if reply.status != 201:
        raise RuntimeError(f"{reply.status}: {told.decode()}")


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="eskm-bench-") as folder,
        fresh_database(asked.database, Path(folder) / "data") as url,
    ):
        log = Path(folder) / "serve.log"
        told = environment(ESKM_DATABASE_URL=url, ESKM_SECRET_KEY_FILE=str(Path(folder) / "secret.key"))
        told["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "compiled")
        told.pop("PYTHONDONTWRITEBYTECODE", None)
        starts = {
            "bare FastAPI": lambda: start_app("benchmarks.load.bare:app", told, log),
            "eskm": lambda: start(told, log),
        }
        for begin in starts.values():
            measured(begin)
        results: dict[str, list[Times]] = {name: [] for name in starts}
        for _ in range(asked.rounds):
            for name, begin in starts.items():
                results[name].append(measured(begin))
    show(asked, results)


def show(asked: argparse.Namespace, results: dict[str, list[Times]]) -> None:
    """Print the table; the limit is that of the first answered request."""
    print(
        f"{asked.database}, medians of {asked.rounds} starts, seconds; limit {LIMIT_SECONDS} s; "
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    )
    heads = (
        "first request",
        "slowest",
        "of it processor",
        "first stored answer",
        "slowest",
        "processor to bare",
    )
    print(f"| service | {' | '.join(heads)} |\n{'|---' * (len(heads) + 1)}|")
    bare = statistics.median(busy for _, busy, _ in results["bare FastAPI"])
    for name, times in results.items():
        ready, busy, stored = (sorted(column) for column in zip(*times, strict=True))
        first, worked, kept = (statistics.median(column) for column in (ready, busy, stored))
        cells = (first, ready[-1], worked, kept, stored[-1], worked / bare)
        print(f"| {name} | {' | '.join(f'{cell:.2f}' for cell in cells)} |")


if __name__ == "__main__":
    main()
