"""A full disk: refusals while it lasts, nothing lost or half-written, and no restart afterwards.

A small filesystem of its own where this machine lets us mount one; everywhere the largest size that the process
may write (RLIMIT_FSIZE), at which the operating system refuses to write just as really.
"""

import errno
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from io import RawIOBase
from pathlib import Path

import pytest

from benchmarks.load.processes import Service, serving
from benchmarks.load.recount import findings
from benchmarks.load.rounds import Chain
from benchmarks.load.senders import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]
REFUSED = 30
Full = Callable[[Service], AbstractContextManager[None]]


def mounted(directory: Path) -> bool:
    """Make `directory` a filesystem that holds the database and its log at their largest; whether we may."""
    if os.geteuid() != 0:
        return False
    mount = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(directory)]
    return subprocess.run(mount, check=False, capture_output=True).returncode == 0


def fill(file: RawIOBase, size: int) -> None:
    """Write portions of `size` until there is no space."""
    try:
        while True:
            file.write(b"0" * size)
    except OSError as error:
        assert error.errno == errno.ENOSPC  # noqa: PT017 - any other error would leave the disk half empty


def filled(directory: Path) -> Full:
    """Fill `directory` to the last byte."""

    @contextmanager
    def full(_service: Service) -> Iterator[None]:
        ballast = directory / "ballast"
        with ballast.open("wb", buffering=0) as file:
            for size in (1 << 20, 65_536, 1024, 1):
                fill(file, size)
        yield
        ballast.unlink()

    return full


@contextmanager
def limited(service: Service) -> Iterator[None]:
    """Let the process write nothing beyond the first page of any file."""
    soft, hard = resource.prlimit(service.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (4096, hard))
    yield
    resource.prlimit(service.pid, resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[Path, Full]]:
    """A directory, and what fills it: the disk itself, or the limit where nothing can be mounted."""
    directory = tmp_path / "disk"
    directory.mkdir()
    if not mounted(directory):
        yield directory, limited
        return
    yield directory, filled(directory)
    subprocess.run(["umount", "-l", str(directory)], check=True)


def goes_full(chain: Chain, full: Full) -> None:
    """Load, a full disk under it, space again; three times."""
    ledger = chain.ledger
    with serving(chain.told, chain.log, forked=True) as service:
        for _ in range(3):
            with chain.crowd(service):
                before = len(ledger.acknowledged)
                until(lambda before=before: len(ledger.acknowledged) > before + 50, "nothing is stored")
                with full(service):
                    refused = ledger.busy
                    until(lambda refused=refused: ledger.busy > refused + REFUSED, "nobody was refused")
                    assert service.status("/healthz") == 200
                before = len(ledger.acknowledged)
                until(lambda before=before: len(ledger.acknowledged) > before + 50, "it does not recover")
            # The same process as before, and what it holds is right.
            assert service.code() is None
            assert findings(chain.told["ESKM_DATABASE_URL"], ledger) == []
        assert service.status("/readyz") == 200
    assert ledger.broken == 0
    assert chain.finish() == []


def test_a_full_disk_refuses_and_recovers(
    small_disk: tuple[Path, Full], city_at: Callable[[str], Chain]
) -> None:
    directory, full = small_disk
    goes_full(city_at(f"sqlite:///{directory}/eskm.db"), full)


def test_a_write_that_the_system_refuses(file_chain: Chain) -> None:
    """Not even a log can be written: it lies in a file, and the limit is on all of them."""
    goes_full(file_chain, limited)
