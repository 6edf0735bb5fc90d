"""The examples, run as they stand against a service that really listens."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
import uvicorn
from fastapi import FastAPI

from app.auth.roles import Role
from app.core.db import Database
from tests.conftest import ELEMENTS

EXAMPLES = Path(__file__).parents[2] / "examples"
ANSWERED = "2026-09-10T10:00:00+08:00"


@pytest.fixture(scope="session")
def module() -> ModuleType:
    """`examples/eskm_client.py`."""
    spec = spec_from_file_location("eskm_client", EXAMPLES / "eskm_client.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture
def address(app: FastAPI, city: Database) -> Iterator[str]:
    """The service on a port of its own."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def secret(token: Callable[..., dict[str, str]]) -> str:
    """A token of an evaluator of the whole city."""
    return token("kota", Role.EVALUATOR)["Authorization"].removeprefix("Bearer ")


def answer(score: int, **more: Any) -> dict[str, Any]:
    return {
        "point": "ptsp-nib-qr",
        "scores": dict.fromkeys(ELEMENTS, score),
        "answered_at": ANSWERED,
        **more,
    }


def test_answers_in_and_results_out(module: ModuleType, address: str, secret: str, tmp_path: Path) -> None:
    with module.Client(address) as citizen:
        id_ = uuid4()
        first = citizen.send(answer(4), id_)
        again = citizen.send(answer(4), id_)
        assert (first["status"], again["status"]) == ("stored", "duplicate")
        assert first["receipt"] == again["receipt"]
        citizen.send(answer(3))
        with pytest.raises(module.Problem) as refused:
            citizen.send(answer(5))
        assert (refused.value.status, refused.value.code) == (422, "invalid_input")
        assert {error["code"] for error in refused.value.errors} == {"score_invalid"}
    with module.Client(address, secret) as eskm:
        assert [unit["code"] for unit in eskm.units()] == ["kota", "ptsp", "timur", "timur-cabang"]
        found = eskm.ikm("ptsp", "2026-09")
        assert (found["respondents"], found["ikm"], found["category"]["mutu"]) == (2, 87.5, "B")
        assert found["exact"] == {"numerator": 175, "denominator": 2}
        assert eskm.ranking("kota", "2026-09")["units"][0]["ikm"] == 87.5
        last = [point for point in eskm.trend("ptsp", "month") if point["results"]]
        assert [point["period"]["code"] for point in last] == ["2026-09"]
        file = eskm.export("ptsp", "2026-09", tmp_path / "jawaban.csv")
        assert len(file.read_text(encoding="utf-8-sig").splitlines()) == 3
        with pytest.raises(module.Problem) as missing:
            eskm.ikm("tidak-ada", "2026-09")
        assert missing.value.code == "not_found"


def test_the_trend_is_drawn(module: ModuleType, address: str, secret: str, tmp_path: Path) -> None:
    with module.Client(address) as citizen:
        for score, day in ((3, "2026-05-12"), (4, "2026-09-10"), (3, "2026-09-11")):
            citizen.send(answer(score, answered_at=f"{day}T10:00:00+08:00"))
    picture = tmp_path / "trend.svg"
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "trend.py"), "ptsp", str(picture)],
        env={**os.environ, "ESKM_URL": address, "ESKM_TOKEN": secret},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["2026-Q1", "0", "-"] in lines
    assert ["2026-Q2", "1", "75.00"] in lines
    assert any(line[:3] == ["2026-Q3", "2", "87.50"] for line in lines)
    drawn = {element.text for element in ElementTree.fromstring(picture.read_text(encoding="utf-8")).iter()}
    assert {"2026-Q2", "75.00", "2026-Q3", "87.50"} <= drawn
