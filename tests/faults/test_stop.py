"""Stopping in order under load: what was accepted is stored and answered, who comes later is refused."""

import signal
import socket
import time

import pytest

from app.cli.server import DRAIN_SECONDS
from benchmarks.load.processes import serving
from benchmarks.load.recount import findings
from benchmarks.load.rounds import Chain
from benchmarks.load.senders import until

pytestmark = pytest.mark.faults
# As much again for a machine that has other things to do.
PATIENCE_SECONDS = 2 * DRAIN_SECONDS


@pytest.mark.timeout(180)
@pytest.mark.parametrize("workers", [1, 2])
def test_a_service_that_is_asked_to_stop_leaves_nobody_in_doubt(chain: Chain, workers: int) -> None:
    with serving(chain.told, chain.log, workers=workers) as service:
        with chain.crowd(service):
            until(lambda: len(chain.ledger.acknowledged) > 100, "nothing was acknowledged")
            service.terminate()
            code = service.wait(PATIENCE_SECONDS)
            before = set(chain.ledger.acknowledged)
        # Ended by itself, at most with the signal that it was sent: never by an error of its own.
        assert code in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", service.port), timeout=10)
    assert findings(chain.told["ESKM_DATABASE_URL"], chain.ledger) == []
    assert before
    assert "Traceback" not in chain.log.read_text(encoding="utf-8")
    assert chain.finish() == []


@pytest.mark.timeout(180)
def test_a_client_that_never_ends_its_request_does_not_keep_the_service_alive(file_chain: Chain) -> None:
    with serving(file_chain.told, file_chain.log, forked=True) as service:
        endless = socket.create_connection(("127.0.0.1", service.port))
        endless.sendall(
            b"POST /api/v1/responses HTTP/1.1\r\nHost: e-skm\r\nContent-Type: application/json\r\n"
            b'Content-Length: 900\r\n\r\n{"id":'
        )
        with endless, file_chain.crowd(service):
            until(lambda: len(file_chain.ledger.acknowledged) > 50, "nothing was acknowledged")
            service.terminate()
            time.sleep(0.2)
            code = service.wait(PATIENCE_SECONDS)
    assert code in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
    assert findings(file_chain.told["ESKM_DATABASE_URL"], file_chain.ledger) == []
