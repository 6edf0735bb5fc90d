"""The database server falls over under load and comes back: refusals meanwhile, no loss, no restart of ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.db import Database
from app.core.migrations import upgrade
from app.core.places import SURVEYS
from app.core.settings import Settings
from app.responses.catalog import registered_catalog
from app.units import registry
from app.units.service import apply
from benchmarks.load.citizens import CITY
from benchmarks.load.postgres import Cluster, cluster
from benchmarks.load.processes import environment
from benchmarks.load.rounds import Chain

pytestmark = pytest.mark.faults
ROUNDS = 4


@pytest.fixture
def own_cluster(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A server that no other test uses. The shared one goes first: it decides where sockets lie."""
    with cluster(tmp_path_factory.mktemp("own")) as own:
        yield own


@pytest.fixture
def own_chain(own_cluster: Cluster, tmp_path: Path) -> Chain:
    """The small city on it, and clients."""
    database = Database(Settings(database_url=own_cluster.url))
    upgrade(database)
    catalog = registered_catalog(database, SURVEYS)
    elements = {one.id: [element.key for element in one.elements] for one in catalog.instruments.values()}
    with database.write() as session:
        apply(session, registry.read(CITY, elements))
    database.dispose()
    told = environment(ESKM_DATABASE_URL=own_cluster.url, ESKM_SECRET_KEY_FILE=str(tmp_path / "secret.key"))
    return Chain(told, tmp_path / "serve.log", None, seed=hash(str(tmp_path)))


@pytest.mark.timeout(240)
def test_a_database_that_falls_over_takes_nothing_acknowledged_with_it(
    own_chain: Chain, own_cluster: Cluster
) -> None:
    rounds = own_chain.stop_database(own_cluster, ROUNDS)
    assert [found for found in rounds if found] == []
    assert own_chain.finish() == []
    assert own_chain.ledger.busy > 10 * ROUNDS
    # The service was there all the time: it refused, and no connection of a client was cut.
    assert own_chain.ledger.broken == 0
