"""Whatever is sent in whatever order: the database, its sums and the IKM are those of a small model."""

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import text
from sqlmodel import select
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.auth.service import create_token
from app.core.db import Database
from app.core.places import SURVEYS
from app.core.settings import Settings
from app.factory import create_app
from app.instruments.catalog import Catalog
from app.kiosks.service import create_device
from app.responses.catalog import registered_catalog
from app.responses.verify import verify_unit
from app.units import registry
from app.units.service import apply
from app.units.tables import Point, Unit

CITY = Path(__file__).parents[2] / "data" / "registry" / "city.toml"
NOW = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)
NINE = (
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "sarana",
    "pengaduan",
)
SEVEN = tuple(key for key in NINE if key not in ("kompetensi", "perilaku"))
# Point, service, unit, its hours ahead of UTC, questions.
PLACES = (
    ("ptsp-nib-qr", "nib", "ptsp", 8, NINE),
    ("ptsp-daring", "daring", "ptsp", 8, SEVEN),
    ("timur-arsip-qr", "arsip", "timur", 9, NINE),
    ("cabang-qr", "salinan", "timur-cabang", 9, NINE),
)
Fresh = Callable[[], str]


@pytest.fixture
def fresh(backend: str, request: pytest.FixtureRequest) -> Iterator[Fresh]:
    """Makes new migrated databases; all of them are gone at the end."""
    with ExitStack() as undo:

        def sqlite() -> str:
            directory = mkdtemp(prefix="eskm-machine-")
            undo.callback(shutil.rmtree, directory)
            path = Path(directory) / "eskm.db"
            path.write_bytes(request.getfixturevalue("sqlite_template"))
            return f"sqlite:///{path}"

        def postgresql() -> str:
            url: str = request.getfixturevalue("postgres")
            name = f"m_{uuid4().hex}"
            admin = undo.enter_context(psycopg.connect(url, autocommit=True))
            admin.execute(f"CREATE DATABASE {name} TEMPLATE eskm_template")
            undo.callback(admin.execute, f"DROP DATABASE {name} WITH (FORCE)")
            return url.replace("/postgres?", f"/{name}?")

        yield sqlite if backend == "sqlite" else postgresql


def place_of(content: dict[str, Any]) -> tuple[str, str, str, int, tuple[str, ...]]:
    return next(place for place in PLACES if place[0] == content["point"])


def day_of(content: dict[str, Any]) -> date:
    """The local date: the model's own arithmetic, with hours instead of time zones."""
    return (datetime.fromisoformat(content["answered_at"]) + timedelta(hours=place_of(content)[3])).date()


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """A valid answer somewhere, its time in UTC, now and then at the edge of a month."""
    point, _, _, _, questions = draw(st.sampled_from(PLACES))
    edge = draw(st.sampled_from(("2026-07-31", "2026-08-31", "2026-09-30", "2026-08-15")))
    hour = draw(st.integers(0, 47))
    moment = datetime.fromisoformat(f"{edge}T00:00:00+00:00") + timedelta(hours=hour, minutes=59)
    content: dict[str, Any] = {
        "id": str(draw(st.uuids(version=4))),
        "point": point,
        "answered_at": moment.isoformat(),
        "scores": {key: draw(st.integers(1, 4)) for key in questions},
    }
    if draw(st.booleans()):
        content["comment"] = draw(st.sampled_from(("Baik", "=1+1", "Antre\nlama")))
    return content


def spoil(content: dict[str, Any], how: str) -> dict[str, Any]:
    """`content` with a fault."""
    scores = content["scores"]
    return {
        "score": {**content, "scores": {**scores, "waktu": 5}},
        "missing": {**content, "scores": {key: scores[key] for key in scores if key != "waktu"}},
        "unknown": {**content, "nik": "1"},
        "future": {**content, "answered_at": "2026-10-15T03:06:00+00:00"},
        "service": {**content, "service": "tidak-ada"},
    }[how]


class Survey(RuleBasedStateMachine):
    """The service beside a model: a dictionary from (unit, id) to what was stored first."""

    fresh: Fresh

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[tuple[str, str], dict[str, Any]] = {}
        self.resources = ExitStack()

    @initialize()
    def start(self) -> None:
        """A new city with a kiosk and an evaluator."""
        url = type(self).fresh()
        chosen = Settings(database_url=url, secret_key_file=Path(mkdtemp()) / "key", log_level="CRITICAL")
        self.resources.callback(shutil.rmtree, chosen.secret_key_file.parent)
        self.database = Database(chosen)
        self.resources.callback(self.database.dispose)
        self.catalog: Catalog = registered_catalog(self.database, SURVEYS)
        elements = {one.id: [e.key for e in one.elements] for one in self.catalog.instruments.values()}
        with self.database.write() as session:
            apply(session, registry.read(CITY, elements))
        with self.database.write() as session:
            self.units = {unit.code: unit.id for unit in session.exec(select(Unit)) if unit.id}
            secret = create_token(session, role=Role.EVALUATOR, unit_id=self.units["kota"], name="t", now=NOW)
            points = {point.code: point for point in session.exec(select(Point))}
            self.devices = {
                place[0]: create_device(session, point=points[place[0]], name="t", now=NOW)
                for place in PLACES
            }
        self.headers = {"Authorization": f"Bearer {secret}"}
        app = create_app(chosen, clock=lambda: NOW)
        self.client = self.resources.enter_context(TestClient(app, raise_server_exceptions=False))

    def teardown(self) -> None:
        """Stop the service."""
        self.resources.close()

    def expected(self, content: dict[str, Any]) -> str:
        """What must become of a valid answer; the model learns it."""
        key = (place_of(content)[2], content["id"])
        if key not in self.model:
            self.model[key] = content
            return "stored"
        return "duplicate" if self.model[key] == content else "conflict"

    def post(self, content: dict[str, Any]) -> None:
        """Send one answer and compare."""
        expected = self.expected(content)
        response = self.client.post("/api/v1/responses", json=content)
        assert response.status_code == {"stored": 201, "duplicate": 200, "conflict": 409}[expected]

    @rule(content=answers())
    def send(self, content: dict[str, Any]) -> None:
        """A new answer."""
        self.post(content)

    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        """An old answer, members in another order."""
        if self.model:
            self.post(dict(reversed(self.known(data).items())))

    @rule(data=st.data(), score=st.integers(1, 4))
    def send_changed(self, data: st.DataObject, score: int) -> None:
        """An old id with another content, or by chance the same."""
        if self.model:
            known = self.known(data)
            self.post({**known, "scores": {**known["scores"], "waktu": score}})

    @rule(data=st.data(), content=answers())
    def send_elsewhere(self, data: st.DataObject, content: dict[str, Any]) -> None:
        """An old id at whatever point: another unit's answer, or a conflict."""
        if self.model:
            self.post({**content, "id": self.known(data)["id"]})

    @rule(content=answers(), how=st.sampled_from(("score", "missing", "unknown", "future", "service")))
    def send_invalid(self, content: dict[str, Any], how: str) -> None:
        """Nothing may come of it."""
        assert self.client.post("/api/v1/responses", json=spoil(content, how)).status_code == 422

    @rule(data=st.data(), contents=st.lists(answers(), max_size=6))
    def send_batch(self, data: st.DataObject, contents: list[dict[str, Any]]) -> None:
        """A kiosk's batch: new, old, changed and invalid answers of one point together."""
        point = data.draw(st.sampled_from(PLACES))[0]
        items, expected = [], []
        for content in contents + [one for one in self.model.values() if data.draw(st.booleans())][:4]:
            if content["point"] != point:
                continue
            how = data.draw(st.sampled_from(("", "", "", "score", "missing", "future", "double")))
            wrong = how not in ("", "double")
            for _ in range(2 if how == "double" else 1):
                expected.append("rejected" if wrong else self.expected(content))
                item = spoil(content, how) if wrong else content
                items.append({key: value for key, value in item.items() if key != "point"})
        response = self.client.post(
            "/api/v1/kiosk/batches",
            json={"responses": items},
            headers={"Authorization": f"Bearer {self.devices[point]}"},
        )
        assert [one["status"] for one in response.json()["results"]] == expected

    def known(self, data: st.DataObject) -> dict[str, Any]:
        """One of the answers that were stored."""
        return self.model[data.draw(st.sampled_from(sorted(self.model)))]

    @invariant()
    def the_rows_are_those_of_the_model(self) -> None:
        """Every stored answer once, with its scores and date, and nothing else."""
        names = {number: code for code, number in self.units.items()}
        with self.database.read() as session:
            rows = session.connection().execute(text("SELECT unit_id, id, local_date FROM response")).all()
            comments = session.connection().scalar(text("SELECT count(*) FROM comment"))
        assert {(names[unit], str(UUID(str(id_))), str(day)) for unit, id_, day in rows} == {
            (unit, id_, str(day_of(content))) for (unit, id_), content in self.model.items()
        }
        assert len(rows) == len(self.model)
        assert comments == sum("comment" in content for content in self.model.values())

    @invariant()
    def the_sums_are_those_of_the_model(self) -> None:
        """Tallies and totals, recounted by the model; and the service's own recount finds no difference."""
        tallies: Counter[tuple[Any, ...]] = Counter()
        totals: Counter[tuple[Any, ...]] = Counter()
        for (unit, _), content in self.model.items():
            month = day_of(content).replace(day=1)
            totals[unit, place_of(content)[1], str(month)] += 1
            for question, score in content["scores"].items():
                tallies[unit, place_of(content)[1], str(month), question, score] += 1
        with self.database.read() as session:
            one = session.connection()
            join = "FROM {} t JOIN unit u ON u.id = t.unit_id JOIN service s ON s.id = t.service_id"
            stored = one.execute(
                text(f"SELECT u.code, s.code, month, question, c1, c2, c3, c4 {join.format('tally')}")
            )
            counted = {
                (unit, service, str(month), question, score): count
                for unit, service, month, question, *counts in stored
                for score, count in enumerate(counts, start=1)
                if count
            }
            sums = one.execute(text(f"SELECT u.code, s.code, month, responses {join.format('total')}")).all()
        assert counted == tallies
        assert {(unit, service, str(month)): count for unit, service, month, count in sums} == totals
        for unit_id in self.units.values():
            assert verify_unit(self.database, self.catalog, unit_id).differences == []

    @invariant()
    def the_ikm_is_that_of_the_model(self) -> None:
        """For the city and each unit, in a quarter from tallies and in a period from raw answers."""
        below = {
            "kota": {"ptsp", "timur", "timur-cabang"},
            "ptsp": {"ptsp"},
            "timur": {"timur", "timur-cabang"},
        }
        for unit, members in below.items():
            for period, first, last in (
                ("2026-Q3", "2026-07-01", "2026-09-30"),
                ("2026-08-15..2026-09-30", "2026-08-15", "2026-09-30"),
            ):
                chosen = [
                    content["scores"]
                    for (at, _), content in self.model.items()
                    if at in members and first <= str(day_of(content)) <= last
                ]
                response = self.client.get(
                    f"/api/v1/units/{unit}/ikm", params={"period": period}, headers=self.headers
                )
                found = response.json()
                assert found["respondents"] == len(chosen)
                exact = found["exact"]
                assert (exact and Fraction(exact["numerator"], exact["denominator"])) == ikm(chosen)


def ikm(rows: list[dict[str, int]]) -> Fraction | None:
    """25 times the mean of the questions' means, over the questions that were answered (reference, 3)."""
    scores: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        for question, score in row.items():
            scores[question].append(score)
    means = [Fraction(sum(given), len(given)) for given in scores.values()]
    return 25 * sum(means, start=Fraction(0)) / len(means) if means else None


def test_the_service_behaves_like_the_model(fresh: Fresh, backend: str) -> None:
    machine = type("SurveyOnDatabase", (Survey,), {"fresh": staticmethod(fresh)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6 if backend == "sqlite" else 3,
            stateful_step_count=20 if backend == "sqlite" else 12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
