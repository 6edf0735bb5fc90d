"""What the tests share that break something: an environment for real processes, a ledger of what they said."""

from collections.abc import Callable
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
from benchmarks.load.processes import environment
from benchmarks.load.rounds import Chain


@pytest.fixture
def chain(database_url: str, city: Database, kiosk: Callable[[str], dict[str, str]], tmp_path: Path) -> Chain:
    """Clients of the small city, one of them a kiosk, on each kind of database."""
    token = kiosk("ptsp-kios")["Authorization"].removeprefix("Bearer ")
    city.dispose()
    return clients_of(database_url, tmp_path, token)


@pytest.fixture
def city_at(tmp_path: Path) -> Callable[[str], Chain]:
    """Founds the small city in a database of one's own; its clients."""

    def found(url: str) -> Chain:
        database = Database(Settings(database_url=url))
        upgrade(database)
        catalog = registered_catalog(database, SURVEYS)
        elements = {one.id: [element.key for element in one.elements] for one in catalog.instruments.values()}
        with database.write() as session:
            apply(session, registry.read(CITY, elements))
        database.dispose()
        return clients_of(url, tmp_path, None)

    return found


@pytest.fixture
def file_chain(city_at: Callable[[str], Chain], tmp_path: Path) -> Chain:
    """Clients of the small city in a file: where the kind of database makes no difference."""
    return city_at(f"sqlite:///{tmp_path}/eskm.db")


def clients_of(url: str, directory: Path, token: str | None) -> Chain:
    """Clients of the database at `url`."""
    told = environment(ESKM_DATABASE_URL=url, ESKM_SECRET_KEY_FILE=str(directory / "secret.key"))
    return Chain(told, directory / "serve.log", token, seed=hash(str(directory)))
