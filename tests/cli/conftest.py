"""Runs the `eskm` command in this process, on a database of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import app

Eskm = Callable[..., Result]


@pytest.fixture
def eskm(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Eskm:
    """Runs `eskm` with these arguments, somewhere else than in the checkout; settings may be given by name."""
    monkeypatch.chdir(tmp_path)
    environment = {
        "ESKM_DATABASE_URL": database_url,
        "ESKM_SECRET_KEY_FILE": str(tmp_path / "secret.key"),
        "ESKM_LOG_LEVEL": "ERROR",
    }

    def run(*arguments: str, **more: str) -> Result:
        result = CliRunner().invoke(app, arguments, env={**environment, **more})
        # Whatever goes wrong is said in words: nothing but the exit of the command leaves it.
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        return result

    return run
