"""Processes that make exports: started, listened to, ended."""

import json
import os
import selectors
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import structlog

from app.core.errors import DomainError
from app.core.places import PACKAGE
from app.exports.recipe import Recipe

log = structlog.get_logger(__name__)
# Two processors are busy with two; whoever comes third would slow down all of them, and the survey.
AT_ONCE = 2
PIECE_BYTES = 256 * 1024
TICK_SECONDS = 0.5
END_SECONDS = 5
_places = threading.BoundedSemaphore(AT_ONCE)


class ExportsBusy(DomainError):
    """As many exports are being made as this process makes at once."""

    status = 503
    code = "exports_busy"
    message = (
        "Beberapa ekspor lain sedang disusun. Coba lagi sebentar lagi, atau buat sebagai ekspor di latar."
    )

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "15"})


class ExportFailed(DomainError):
    """The process that made an export ended before its work did."""

    status = 503
    code = "export_failed"
    message = "Ekspor ini gagal disusun. Coba lagi; bila berulang, hubungi pengelola sistem."


class Stopped(Exception):
    """Somebody did not want the file any more."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a file."""

    sha256: str
    size: int


def streamed(recipe: Recipe) -> Generator[bytes]:
    """CSV from another process, as it comes. Raises ExportsBusy, or ExportFailed where it ended too early."""
    if not _places.acquire(blocking=False):
        raise ExportsBusy
    try:
        with _Child(recipe, 0, None) as child:
            while piece := os.read(child.output.fileno(), PIECE_BYTES):
                yield piece
            child.expect_success()
    finally:
        _places.release()


def made(recipe: Recipe, rows: int, path: Path) -> Made:
    """The file of a recipe at `path`, made while the caller waits. Raises ExportsBusy and ExportFailed."""
    if not _places.acquire(blocking=False):
        raise ExportsBusy
    try:
        return made_patiently(recipe, rows, path, lambda _: True)
    finally:
        _places.release()


def made_patiently(recipe: Recipe, rows: int, path: Path, goes_on: Callable[[int], bool]) -> Made:
    """The same outside the count of places; `goes_on` is asked twice a second, with the rows so far.

    Raises Stopped when it says no, ExportFailed when the process fails.
    """
    with _Child(recipe, rows, path) as child:
        for line in child.lines(goes_on):
            told = json.loads(line)
            if "sha256" in told:
                child.expect_success()
                return Made(told["sha256"], told["size"])
            child.rows = told["rows"]
        child.expect_success()
        raise ExportFailed


class _Child:
    """One process; leaving the block ends it."""

    def __init__(self, recipe: Recipe, rows: int, path: Path | None) -> None:
        self.rows = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.exports.child"],
            cwd=PACKAGE.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        order = {"recipe": recipe.to_json(), "rows": rows, "path": str(path.absolute()) if path else None}
        stdin = self._process.stdin
        if stdin is not None:
            with suppress(BrokenPipeError):  # it failed at once, and says so below
                stdin.write(json.dumps(order).encode() + b"\n")
            with suppress(BrokenPipeError):
                stdin.close()

    @property
    def output(self) -> IO[bytes]:
        """Its standard output."""
        if self._process.stdout is None:
            raise ExportFailed
        return self._process.stdout

    def __enter__(self) -> "_Child":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def lines(self, goes_on: Callable[[int], bool]) -> Iterator[bytes]:
        """Its lines, asking in between whether to go on."""
        rest = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.output, selectors.EVENT_READ)
            while True:
                ready = selector.select(TICK_SECONDS)
                if not goes_on(self.rows):
                    raise Stopped
                if not ready:
                    continue
                piece = os.read(self.output.fileno(), PIECE_BYTES)
                if not piece:
                    return
                *lines, rest = (rest + piece).split(b"\n")
                yield from lines

    def expect_success(self) -> None:
        """Raise ExportFailed unless it ended well. Of what it said only the kind of error goes into the log."""
        said = self._process.stderr.read() if self._process.stderr is not None else b""
        if self._process.wait(END_SECONDS) != 0:
            last = said.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0]
            log.error("export.failed", error=last[:100], code=self._process.returncode)
            raise ExportFailed
