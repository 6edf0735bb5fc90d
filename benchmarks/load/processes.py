"""Services as processes on free ports of the loopback: ours, started as installed or forked, and the baselines."""

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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS, STOP_SECONDS = 60, 30
# Below the ports that systems give to clients: a connection of a neighbour cannot take one in between.
PORTS = range(20_000, 32_000)


@dataclass
class Service:
    """One running service, ours or a baseline."""

    port: int
    process: "subprocess.Popen[bytes] | multiprocessing.process.BaseProcess"
    log: Path

    @property
    def pid(self) -> int:
        """Number of the process."""
        assert self.process.pid is not None
        return self.process.pid

    @property
    def url(self) -> str:
        """Where answers go."""
        return f"http://127.0.0.1:{self.port}/api/v1/responses"

    def memory_mib(self) -> float:
        """Resident memory of the process and its children, in MiB."""
        return sum(_resident(pid) for pid in (self.pid, *_children(self.pid))) / 1024

    def cpu_seconds(self) -> float:
        """Processor time that the process has used, which waiting for its turn does not lengthen."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

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

    def stop(self) -> None:
        """End it in order, and the processes that it has started; at once when that takes too long."""
        self.terminate()
        try:
            self.wait(STOP_SECONDS)
        except (TimeoutError, subprocess.TimeoutExpired):
            self.kill()

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

    def wait_ready(self, path: str = "/readyz", status: int = 200) -> None:
        """Until it answers so: ours, until it can store."""
        until = time.monotonic() + START_SECONDS
        while self.status(path) != status:
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


def start(
    told: Mapping[str, str], log: Path, *, forked: bool = False, workers: int = 1, port: int | None = None
) -> Service:
    """`eskm serve` on `port` or a free one, not yet ready. What it writes is added to `log`.

    Forked, it runs the same command in a process that has the modules already: rounds become short.
    """
    port = port or free_port()
    arguments = ["serve", "--port", str(port), "--workers", str(workers)]
    if forked:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["app.cli", "app.factory", __name__])
        process = context.Process(target=_run, args=(arguments, dict(told), str(log)))
        process.start()
        return Service(port, process, log)
    return Service(port, _spawned(["app.cli", *arguments], told, log), log)


@contextmanager
def serving(
    told: Mapping[str, str], log: Path, *, forked: bool = False, workers: int = 1
) -> Iterator[Service]:
    """The service, ready to store; ended at the end if it still lives."""
    service = start(told, log, forked=forked, workers=workers)
    try:
        service.wait_ready()
        yield service
    finally:
        if service.code() is None and workers > 1:
            service.stop()  # killed, it would leave its workers behind
        elif service.code() is None:
            service.kill()


def start_app(path: str, told: Mapping[str, str], log: Path) -> Service:
    """Another application, `module:name`, on a free port, served as ours is; not yet ready."""
    port = free_port()
    quiet = ("--no-access-log", "--log-level", "error")
    return Service(port, _spawned(["uvicorn", path, "--port", str(port), *quiet], told, log), log)


@contextmanager
def baseline(name: str, told: Mapping[str, str], log: Path) -> Iterator[Service]:
    """One of the services of `baselines`, ready; killed at the end."""
    service = start_app(f"benchmarks.load.baselines:{name}", told, log)
    try:
        service.wait_ready("/", 404)  # it has one route, and this is none
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


def _spawned(module: Sequence[str], told: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *module], env=dict(told), cwd=ROOT, stdout=output, stderr=output
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


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    own = [int(child) for child in path.read_text().split()] if path.exists() else []
    return own + [below for child in own for below in _children(child)]


def _resident(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
