"""What the tests share that break something: an environment for real processes, a ledger of what they said."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.db import Database
from benchmarks.load.processes import environment
from benchmarks.load.rounds import Chain


@pytest.fixture
def told(database_url: str, city: Database, tmp_path: Path) -> dict[str, str]:
    """What the processes are told: the small city's database."""
    city.dispose()
    return environment(ESKM_DATABASE_URL=database_url, ESKM_SECRET_KEY_FILE=str(tmp_path / "secret.key"))


@pytest.fixture
def chain(
    told: dict[str, str], kiosk: Callable[[str], dict[str, str]], city: Database, tmp_path: Path
) -> Chain:
    """Clients, one of them a kiosk, and what they were told."""
    token = kiosk("ptsp-kios")["Authorization"].removeprefix("Bearer ")
    city.dispose()
    return Chain(told, tmp_path / "serve.log", token, seed=hash(str(tmp_path)))
