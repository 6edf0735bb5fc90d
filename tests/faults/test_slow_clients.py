"""Clients that trickle, hang up half-way or only hold connections: others are served, halves are not stored."""

import json
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from benchmarks.load.citizens import PLACES, Citizens
from benchmarks.load.processes import Service, serving
from benchmarks.load.recount import findings
from benchmarks.load.rounds import Chain
from benchmarks.load.senders import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]
IDLE = 2000
# For the rest of what a process has open.
SPARE = 300
MORE = 200


@pytest.fixture
def open_files() -> Iterator[int]:
    """How many files this process may have open meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = IDLE + SPARE
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    yield max(soft, allowed)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(service: Service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), timeout=60)


def head(length: str, path: str = "/api/v1/responses") -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: e-skm\r\nContent-Type: application/json\r\n{length}\r\n\r\n"
    ).encode()


def others_are_served(chain: Chain, service: Service) -> None:
    """Answers of others are stored, all of them at once."""
    before = len(chain.ledger.acknowledged)
    with chain.crowd(service):
        until(lambda: len(chain.ledger.acknowledged) > before + MORE, "others are not served")
    assert chain.ledger.kept == []
    assert (chain.ledger.broken, chain.ledger.busy) == (0, 0)


def test_a_client_that_sends_a_byte_at_a_time_holds_up_nobody(file_chain: Chain) -> None:
    body = Citizens(8).answer(PLACES[0])
    content = json.dumps(body).encode()
    with serving(file_chain.told, file_chain.log, forked=True) as service, ExitStack() as stack:
        slow = [stack.enter_context(closing(connect(service))) for _ in range(20)]
        for one in slow:
            one.sendall(head(f"Content-Length: {len(content)}"))
        for byte in content[:2]:
            for one in slow:
                one.sendall(bytes([byte]))
            others_are_served(file_chain, service)
            time.sleep(1)
        assert findings(file_chain.told["ESKM_DATABASE_URL"], file_chain.ledger) == []
        # Slow is not wrong: when the rest comes, one of them is stored, and the others say the same.
        statuses = []
        for one in slow:
            one.sendall(content[2:])
            statuses.append(one.recv(4096).split(b" ", 2)[1])
        assert sorted(statuses) == [b"200"] * 19 + [b"201"]
        file_chain.ledger.sent[body["id"]] = body
        file_chain.ledger.acknowledged[body["id"]] = ["stored"]
        assert service.status("/readyz") == 200
    assert file_chain.finish() == []


def test_what_was_cut_off_half_way_is_not_stored(file_chain: Chain) -> None:
    content = json.dumps(Citizens(9).answer(PLACES[0])).encode()
    size = len(content)
    batch = json.dumps({"responses": []}).encode()
    halves = [
        head(f"Content-Length: {size}"),
        head(f"Content-Length: {size}") + content[: size // 2],
        head(f"Content-Length: {size}") + content[:-1],
        # All of it is there and can be read, but the client meant to send more.
        head(f"Content-Length: {size + 10}") + content,
        head("Transfer-Encoding: chunked") + f"{size:x}\r\n".encode() + content + b"\r\n",
        head(f"Content-Length: {len(batch)}", "/api/v1/kiosk/batches") + batch[:5],
        head(f"Content-Length: {size}")[:40],
    ]
    with serving(file_chain.told, file_chain.log, forked=True) as service:
        for place, half in enumerate(halves * 5):
            with closing(connect(service)) as one:
                one.sendall(half)
                if place % 2:  # with a reset instead of an orderly end
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        others_are_served(file_chain, service)
        assert findings(file_chain.told["ESKM_DATABASE_URL"], file_chain.ledger) == []
        assert service.status("/readyz") == 200
    assert file_chain.finish() == []


def test_thousands_of_idle_connections_are_in_nobodys_way(file_chain: Chain, open_files: int) -> None:
    number = min(IDLE, open_files - SPARE)
    with serving(file_chain.told, file_chain.log, forked=True) as service, ExitStack() as stack:
        hard = resource.prlimit(service.pid, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(service.pid, resource.RLIMIT_NOFILE, (open_files, hard))
        for _ in range(number):
            stack.enter_context(closing(connect(service)))
        others_are_served(file_chain, service)
        assert service.status("/readyz") == 200
    assert file_chain.finish() == []


def test_more_connections_than_the_service_may_open_pass_by(file_chain: Chain) -> None:
    """Without files left nobody is served, and as soon as connections close everybody is."""
    with serving(file_chain.told, file_chain.log, forked=True) as service:
        soft, hard = resource.prlimit(service.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(service.pid, resource.RLIMIT_NOFILE, (64, hard))
        with ExitStack() as stack:
            for _ in range(150):
                stack.enter_context(closing(connect(service)))
            time.sleep(1)
        resource.prlimit(service.pid, resource.RLIMIT_NOFILE, (soft, hard))
        until(lambda: service.status("/readyz") == 200, "the service does not recover")
        others_are_served(file_chain, service)
    assert file_chain.finish() == []
