"""Service processes for benchmarks: started on free ports of the loopback, stopped at the end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running service."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where answers go."""
        return f"http://127.0.0.1:{self.port}/api/v1/responses"

    def memory_mib(self) -> float:
        """Resident memory of the process and its children, in MiB."""
        pids = [self.process.pid, *_children(self.process.pid)]
        return sum(_resident(pid) for pid in pids) / 1024


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def eskm(name: str, environment: dict[str, str], *, workers: int = 1) -> Iterator[Server]:
    """The service itself."""
    port = free_port()
    command = [sys.executable, "-m", "app.cli", "serve", "--port", str(port), "--workers", str(workers)]
    with _running(name, port, command, environment, f"http://127.0.0.1:{port}/readyz") as server:
        yield server


@contextmanager
def baseline(name: str, environment: dict[str, str]) -> Iterator[Server]:
    """One of the services of `baselines`, served like ours."""
    port = free_port()
    app = f"benchmarks.load.baselines:{name}"
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        app,
        "--port",
        str(port),
        "--no-access-log",
        "--log-level",
        "error",
    ]
    with _running(name, port, command, environment, f"http://127.0.0.1:{port}/") as server:
        yield server


@contextmanager
def _running(
    name: str, port: int, command: list[str], environment: dict[str, str], probe: str
) -> Iterator[Server]:
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stderr=subprocess.DEVNULL
    )
    try:
        _wait(process, probe)
        yield Server(name, port, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], probe: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the service stopped with {process.returncode}")
        try:
            with urllib.request.urlopen(probe, timeout=2):
                return
        except urllib.error.HTTPError as error:
            if error.code != 503:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise TimeoutError(probe)


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    own = [int(child) for child in path.read_text().split()] if path.exists() else []
    return own + [below for child in own for below in _children(child)]


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
