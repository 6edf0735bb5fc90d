"""A kill at any moment loses nothing that was acknowledged: real processes, real requests, real SIGKILL."""

import pytest

from benchmarks.load.rounds import Chain

# Thirty on SQLite. On PostgreSQL the service is killed here, not the server: fewer. Forked processes start sooner.
ROUNDS = {"sqlite": {"installed": 4, "forked": 26}, "postgresql": {"installed": 1, "forked": 4}}
PARTS = {"installed": 1, "forked-1": 2, "forked-2": 2}

pytestmark = pytest.mark.faults


@pytest.mark.timeout(240)
@pytest.mark.parametrize("start", PARTS)
def test_nothing_acknowledged_is_lost_and_nothing_counts_twice(
    backend: str, chain: Chain, start: str
) -> None:
    chain.forked = start.startswith("forked")
    rounds = ROUNDS[backend][start.partition("-")[0]] // PARTS[start]
    assert [found for found in chain.kill_service(rounds) if found] == []
    assert chain.finish() == []
    assert chain.ledger.statuses()["stored"] > rounds
    # A kill cut connections: the tests above were not about an idle service.
    assert chain.ledger.broken >= rounds
