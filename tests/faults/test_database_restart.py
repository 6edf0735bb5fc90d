"""The database server falls over under load and comes back: refusals meanwhile, no loss, no restart of ours."""

from collections.abc import Callable, Iterator

import pytest

from benchmarks.load.postgres import Cluster, cluster
from benchmarks.load.rounds import Chain

pytestmark = pytest.mark.faults
ROUNDS = 4


@pytest.fixture
def own_cluster(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A server that no other test uses. The shared one goes first: it decides where sockets lie."""
    with cluster(tmp_path_factory.mktemp("own")) as own:
        yield own


@pytest.mark.timeout(240)
def test_a_database_that_falls_over_takes_nothing_acknowledged_with_it(
    city_at: Callable[[str], Chain], own_cluster: Cluster
) -> None:
    chain = city_at(own_cluster.url)
    rounds = chain.stop_database(own_cluster, ROUNDS)
    assert [found for found in rounds if found] == []
    assert chain.finish() == []
    assert chain.ledger.busy > 10 * ROUNDS
    # The service was there all the time: it refused, and no connection of a client was cut.
    assert chain.ledger.broken == 0
