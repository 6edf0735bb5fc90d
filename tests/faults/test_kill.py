"""A kill at any moment loses nothing that was acknowledged: real processes, real requests, real SIGKILL."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from app.core.db import Database
from app.core.settings import Settings

ROOT = Path(__file__).parents[2]
# On PostgreSQL the service is killed, not the server: fewer rounds.
ROUNDS = {"sqlite": 5, "postgresql": 1}
CLIENTS = 6

pytestmark = pytest.mark.faults


@pytest.fixture
def environment(database_url: str, city: Database, tmp_path: Path) -> dict[str, str]:
    """What the processes are told."""
    city.dispose()
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("ESKM_")},
        "ESKM_DATABASE_URL": database_url,
        "ESKM_SECRET_KEY_FILE": str(tmp_path / "secret.key"),
        "PYTHONPATH": str(ROOT),
    }


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def served(environment: dict[str, str], log: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """`eskm serve` on a free port, ready to store; killed at the end if it still lives."""
    port = free_port()
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port)]
    with log.open("ab") as output:
        process = subprocess.Popen(command, env=environment, cwd=log.parent, stdout=output, stderr=output)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while not ready(address):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, "the service did not become ready"
            time.sleep(0.05)
        yield address, process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(30)


def ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


class Senders:
    """Several clients that send without pause and keep what was not acknowledged, to send it again."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self.sent: set[str] = set()
        self.acknowledged: set[str] = set()
        self.kept: list[dict[str, Any]] = []
        self.strange: list[str] = []

    def run(self, address: str, stop: threading.Event) -> None:
        """Until the service is gone or `stop` is set."""
        with httpx.Client(base_url=address, timeout=10) as client:
            while not stop.is_set():
                with self._lock:
                    content = self.kept.pop() if self.kept else self._make()
                    self.sent.add(content["id"])
                try:
                    response = client.post("/api/v1/responses", json=content)
                except httpx.TransportError:
                    with self._lock:
                        self.kept.append(content)
                    return
                with self._lock:
                    self.note(content, response)

    def note(self, content: dict[str, Any], response: httpx.Response) -> None:
        """What an answer means for a client."""
        if response.status_code in (200, 201):
            assert response.json()["id"] == content["id"]
            self.acknowledged.add(content["id"])
        elif response.status_code == 503:
            self.kept.append(content)
        else:
            self.strange.append(response.text)

    def during(self, address: str, action: Callable[[], None]) -> None:
        """Send from all clients while `action` happens."""
        stop = threading.Event()
        threads = [threading.Thread(target=self.run, args=(address, stop)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            action()
        finally:
            stop.set()
            for thread in threads:
                thread.join(30)


@pytest.mark.timeout(180)
def test_nothing_acknowledged_is_lost_and_nothing_counts_twice(
    backend: str, environment: dict[str, str], tmp_path: Path, body: Callable[..., dict[str, Any]]
) -> None:
    chance = random.Random()
    scores = iter(lambda: chance.randint(1, 4), 0)
    senders = Senders(lambda: body(next(scores), answered_at="2026-01-15T10:00:00+08:00", comment="Baik"))
    log = tmp_path / "serve.log"
    for _ in range(ROUNDS[backend]):
        before = len(senders.acknowledged)
        with served(environment, log) as (address, process):

            def kill(process: "subprocess.Popen[bytes]" = process, before: int = before) -> None:
                deadline = time.monotonic() + 30
                while len(senders.acknowledged) == before and time.monotonic() < deadline:
                    time.sleep(0.005)
                time.sleep(chance.uniform(0.0, 0.5))
                process.send_signal(signal.SIGKILL)
                process.wait(30)

            senders.during(address, kill)
        assert len(senders.acknowledged) > before
    # Everything that a client still has is sent once more; then the service is asked to stop in order.
    with served(environment, log) as (address, process), httpx.Client(base_url=address, timeout=10) as client:
        for content in senders.kept:
            senders.note(content, client.post("/api/v1/responses", json=content))
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    assert senders.strange == []
    assert senders.acknowledged == senders.sent
    check_database(environment, senders.acknowledged)


@pytest.mark.timeout(120)
def test_stopping_in_order_answers_what_was_accepted(
    environment: dict[str, str], tmp_path: Path, body: Callable[..., dict[str, Any]]
) -> None:
    senders = Senders(lambda: body(3, answered_at="2026-01-15T10:00:00+08:00"))
    with served(environment, tmp_path / "serve.log") as (address, process):

        def stop() -> None:
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            process.wait(30)

        senders.during(address, stop)
    assert senders.strange == []
    stored = set(column(environment, "SELECT id FROM response"))
    assert senders.acknowledged
    # What was not acknowledged had not been accepted: connections that were refused, not answers in doubt.
    assert senders.acknowledged <= stored <= senders.sent


def column(environment: dict[str, str], statement: str) -> list[str]:
    """The first column of what a statement finds; ids in their usual form."""
    database = Database(Settings(database_url=environment["ESKM_DATABASE_URL"]))
    try:
        with database.read() as session:
            found = [row[0] for row in session.connection().execute(text(statement))]
    finally:
        database.dispose()
    return [str(UUID(str(one))) if "SELECT id " in statement else str(one) for one in found]


def check_database(environment: dict[str, str], acknowledged: set[str]) -> None:
    """Each acknowledged answer exactly once, nothing that was never sent, all sums right, the file sound."""
    rows = column(environment, "SELECT id FROM response")
    assert len(rows) == len(set(rows))
    assert set(rows) == acknowledged
    assert column(environment, "SELECT sum(responses) FROM total") == [str(len(rows))]
    assert column(environment, "SELECT count(*) FROM comment") == [str(len(rows))]
    if environment["ESKM_DATABASE_URL"].startswith("sqlite"):
        assert column(environment, "PRAGMA integrity_check") == ["ok"]
        assert column(environment, "PRAGMA foreign_key_check") == []
    verified = subprocess.run(
        [sys.executable, "-m", "app.cli", "verify"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
