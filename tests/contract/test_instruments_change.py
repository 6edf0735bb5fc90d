"""A questionnaire that changes while it is answered: one result for each version, never mixed."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.db import Database
from app.core.places import SURVEYS
from app.core.settings import Settings
from app.factory import create_app
from app.instruments.service import InstrumentChanged

Body = Callable[..., dict[str, Any]]
Serve = Callable[[], Any]


@pytest.fixture
def surveys(tmp_path: Path) -> Path:
    """The shipped questionnaires, to be changed."""
    return Path(shutil.copytree(SURVEYS, tmp_path / "surveys"))


@pytest.fixture
def serve(city: Database, settings: Settings, surveys: Path, clock: Callable[[], Any]) -> Serve:
    """Starts the service on `surveys` as it is now."""

    @contextmanager
    def started() -> Iterator[TestClient]:
        changed = settings.model_copy(update={"surveys_dir": surveys})
        with TestClient(create_app(changed, clock=clock), raise_server_exceptions=False) as client:
            yield client

    return started


def second_version(surveys: Path) -> None:
    first = (surveys / "skm-2017" / "1.toml").read_text(encoding="utf-8")
    assert "version = 1" in first
    second = first.replace("version = 1", "version = 2", 1).replace(
        "Survei Kepuasan", "Survei Baru Kepuasan", 1
    )
    (surveys / "skm-2017" / "2.toml").write_text(second, encoding="utf-8")


def post(client: TestClient, content: dict[str, Any]) -> None:
    response = client.post("/api/v1/responses", json=content)
    assert response.status_code == 201, response.text


def test_several_instruments_in_a_period(serve: Serve, surveys: Path, body: Body, token: Any) -> None:
    at = "2026-09-15T10:00:00+08:00"
    with serve() as client:
        post(client, body(4, answered_at=at))
    second_version(surveys)
    with serve() as client:
        post(client, body(2, answered_at=at))
        post(client, body(2, answered_at=at))
        headers = token("kota")
        found = client.get("/api/v1/units/ptsp/ikm?period=2026-Q3", headers=headers).json()
        assert found.keys() == {"unit", "service", "period", "results", "as_of"}
        assert found["period"]["code"] == "2026-Q3"
        assert [(one["instrument"], one["respondents"], one["ikm"]) for one in found["results"]] == [
            ("skm-2017@1", 1, 100.0),
            ("skm-2017@2", 2, 50.0),
        ]
        # A broken period is counted from raw answers, and does not mix them either.
        raw = client.get("/api/v1/units/ptsp/ikm?period=2026-09-02..2026-09-29", headers=headers).json()
        assert [one["ikm"] for one in raw["results"]] == [100.0, 50.0]
        ranking = client.get("/api/v1/ikm?under=kota&period=2026", headers=headers).json()
        assert [(one["rank"], one["instrument"]) for one in ranking["units"]] == [
            (1, "skm-2017@1"),
            (1, "skm-2017@2"),
        ]
        assert [one["ikm"] for one in ranking["government"]] == [100.0, 50.0]
        groups = client.get("/api/v1/units/ptsp/ikm/breakdown?period=2026&by=sex", headers=headers).json()[
            "groups"
        ]
        assert [(one["key"], one["result"]["instrument"]) for one in groups] == [
            (None, "skm-2017@1"),
            (None, "skm-2017@2"),
        ]


def test_a_trend_breaks_where_the_questionnaire_changed(
    serve: Serve, surveys: Path, body: Body, token: Any
) -> None:
    with serve() as client:
        post(client, body(4, answered_at="2026-02-15T10:00:00+08:00"))
    second_version(surveys)
    with serve() as client:
        post(client, body(2, answered_at="2026-08-15T10:00:00+08:00"))
        post(client, body(3, answered_at="2026-10-05T10:00:00+08:00"))
        path = "/api/v1/units/ptsp/ikm/trend?by=quarter&from=2026-Q1"
        points = client.get(path, headers=token("kota")).json()["points"]
    assert [(point["period"]["code"], point["broken"]) for point in points] == [
        ("2026-Q1", None),
        ("2026-Q2", None),
        ("2026-Q3", "instrument_changed"),
        ("2026-Q4", None),
    ]


def test_an_answered_version_whose_file_has_gone_still_has_its_result(
    serve: Serve, surveys: Path, body: Body, token: Any
) -> None:
    with serve() as client:
        post(client, body(4, answered_at="2026-09-15T10:00:00+08:00"))
    second_version(surveys)
    (surveys / "skm-2017" / "1.toml").unlink()
    with serve() as client:
        found = client.get("/api/v1/units/ptsp/ikm?period=2026-Q3", headers=token("kota")).json()
    assert (found["instrument"], found["ikm"], found["elements"][0]["name"]) == (
        "skm-2017@1",
        100.0,
        "Persyaratan",
    )


def test_an_answered_version_is_never_edited(serve: Serve, surveys: Path, body: Body) -> None:
    path = surveys / "skm-2017" / "1.toml"
    original = path.read_text(encoding="utf-8")
    with serve() as client:
        path.write_text(original.replace("Tidak sesuai", "Tidak cocok"), encoding="utf-8")
        assert client.get("/healthz").status_code == 200
    path.write_text(original.replace("Tidak mudah", "Susah"), encoding="utf-8")
    with serve() as client:  # nobody has answered it yet: it may still change
        post(client, body(4))
    path.write_text(original, encoding="utf-8")
    with pytest.raises(InstrumentChanged, match="skm-2017@1"), serve():
        pass


def test_elements_that_stop_being_asked_do_not_change_old_results(
    serve: Serve, body: Body, token: Any, city: Database
) -> None:
    scores = {**body(4)["scores"], "perilaku": 1}
    with serve() as client:
        post(client, body(scores=scores, answered_at="2026-09-15T10:00:00+08:00"))
        path = "/api/v1/units/ptsp/ikm?period=2026-Q3"
        headers = token("kota")
        before = client.get(path, headers=headers).json()
        with city.write() as session:
            session.connection().execute(
                text("""UPDATE service SET not_asked = '["perilaku"]' WHERE code = 'nib'""")
            )
        assert client.get(path, headers=headers).json() == before
    # Eight fours and a one: 33 of 9, times 25.
    assert before["exact"] == {"numerator": 275, "denominator": 3}
