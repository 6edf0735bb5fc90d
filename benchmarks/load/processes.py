"""The service as a process that can be killed: started as installed, or forked from one that has it loaded."""

import http.client
import multiprocessing
import os
import random
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
# Below the ports that systems give to clients: a connection of a neighbour cannot take one in between.
PORTS = range(20_000, 32_000)


@dataclass
class Service:
    """One running service."""

    port: int
    process: "subprocess.Popen[bytes] | multiprocessing.process.BaseProcess"
    log: Path

    @property
    def pid(self) -> int:
        """Number of the process."""
        assert self.process.pid is not None
        return self.process.pid

    def code(self) -> int | None:
        """The exit code, None while it runs; negative: the signal that ended it."""
        if isinstance(self.process, subprocess.Popen):
            return self.process.poll()
        return self.process.exitcode

    def kill(self) -> None:
        """End it at once, without a chance to do anything."""
        self.process.kill()
        self.wait()

    def terminate(self) -> None:
        """Ask it to stop."""
        os.kill(self.pid, signal.SIGTERM)

    def wait(self, seconds: float = 60) -> int:
        """Its exit code, once it has ended."""
        if isinstance(self.process, subprocess.Popen):
            return self.process.wait(seconds)
        self.process.join(seconds)
        code = self.process.exitcode
        if code is None:
            raise TimeoutError("the service did not stop")
        return code

    def status(self, path: str) -> int | None:
        """Status of a GET; None when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def wait_ready(self) -> None:
        """Until it can store."""
        until = time.monotonic() + START_SECONDS
        while self.status("/readyz") != 200:
            if self.code() is not None:
                raise RuntimeError(f"the service ended with {self.code()}: {self.log.read_text()}")
            if time.monotonic() > until:
                raise TimeoutError(f"the service is not ready: {self.log.read_text()}")
            time.sleep(0.02)


def free_port() -> int:
    """A port that nobody listens on."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def environment(**settings: str) -> dict[str, str]:
    """The environment of a service: this one without its ESKM_ variables, and `settings`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("ESKM_")}
    return {**own, "PYTHONPATH": str(ROOT), **settings}


def start(told: Mapping[str, str], log: Path, *, forked: bool = False, workers: int = 1) -> Service:
    """`eskm serve` on a free port, not yet ready. What it writes is added to `log`.

    Forked, it runs the same command in a process that has the modules already: rounds become short.
    """
    port = free_port()
    arguments = ["serve", "--port", str(port), "--workers", str(workers)]
    if forked:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["app.cli", "app.factory", __name__])
        process = context.Process(target=_run, args=(arguments, dict(told), str(log)))
        process.start()
        return Service(port, process, log)
    command = [sys.executable, "-m", "app.cli", *arguments]
    with log.open("ab") as output:
        started = subprocess.Popen(command, env=dict(told), cwd=ROOT, stdout=output, stderr=output)
    return Service(port, started, log)


@contextmanager
def serving(
    told: Mapping[str, str], log: Path, *, forked: bool = False, workers: int = 1
) -> Iterator[Service]:
    """The service, ready to store; killed at the end if it still lives."""
    service = start(told, log, forked=forked, workers=workers)
    try:
        service.wait_ready()
        yield service
    finally:
        if service.code() is None:
            service.kill()


def command(told: Mapping[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run another `eskm` command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env=dict(told),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _run(arguments: list[str], told: dict[str, str], log: str) -> None:
    """In the forked process: `eskm` with `arguments`."""
    with Path(log).open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.environ.clear()
    os.environ.update(told)
    sys.argv = ["eskm", *arguments]
    runpy.run_module("app.cli", run_name="__main__")
