"""What a service refuses to start with, in words that say what to do."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from app.audit.service import SYSTEM
from app.auth import demonstration, oidc, startup
from app.auth.startup import StartRefused
from app.core.db import Database
from app.core.secrets import load_or_create
from app.core.settings import Settings
from app.factory import create_app
from app.units.queries import unit_by_code
from tests.conftest import NOW

BACKENDS = ("sqlite",)  # what a browser sends and keeps: no database decides it

HTTPS = {"public_url": "https://skm.kota.example"}
SSO = {"oidc_issuer": "https://id.kota.example", "oidc_client_id": "eskm"}


@pytest.fixture
def invented(city: Database) -> Database:
    """The small city with a demonstration's people."""
    with city.write() as session:
        government, unit = unit_by_code(session, "kota"), unit_by_code(session, "ptsp")
        assert government is not None
        assert unit is not None
        demonstration.invent(session, government.id or 0, unit.id or 0, NOW)
    return city


@pytest.mark.usefixtures("invented")
def test_production_knows_nobody_invented(settings: Settings, invented: Database) -> None:
    app = create_app(settings.model_copy(update=HTTPS))
    with pytest.raises(StartRefused, match="eskm users remove-demo"), TestClient(app):
        pass
    with invented.write() as session:
        names = demonstration.remove(session, SYSTEM, NOW)
    assert names == ["admin", "kepala", "operator", "evaluator", "pembaca"]
    with TestClient(create_app(settings.model_copy(update=HTTPS))):
        pass


@pytest.mark.usefixtures("invented")
def test_a_demonstration_says_so_and_lets_everybody_in(settings: Settings) -> None:
    with TestClient(create_app(settings, clock=lambda: NOW), follow_redirects=False) as browser:
        shown = browser.get("/masuk", headers={"Accept": "text/html"}).text
        assert "Peragaan." in shown
        assert demonstration.PASSPHRASE in shown
        for name, path in (("admin", "/api/v1/units"), ("kepala", "/api/v1/units/ptsp/ikm?period=2026")):
            assert f">{name}<" in shown
            came = browser.post("/masuk", data={"login": name, "password": demonstration.PASSPHRASE})
            assert (came.status_code, came.headers["location"]) == (303, "/petugas")
            assert browser.get(path).status_code == 200


@pytest.mark.usefixtures("city")
def test_elsewhere_nothing_is_told(settings: Settings) -> None:
    with TestClient(create_app(settings, clock=lambda: NOW)) as browser:
        shown = browser.get("/masuk/lupa", headers={"Accept": "text/html"}).text
    assert "Peragaan." not in shown
    assert demonstration.PASSPHRASE not in shown


def test_a_key_that_others_can_read(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    load_or_create(settings.secret_key_file)
    production = settings.model_copy(update=HTTPS)
    startup.check_secrets(production)
    for mode in (0o640, 0o604, 0o620):
        settings.secret_key_file.chmod(mode)
        with pytest.raises(StartRefused, match="chmod 600"):
            startup.check_secrets(production)
        startup.check_secrets(settings)


def test_a_client_secret_that_others_can_read(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "sso.secret"
    file.write_text("rahasia")
    file.chmod(0o644)
    with pytest.raises(StartRefused, match=r"sso\.secret"):
        startup.check_secrets(settings.model_copy(update={**HTTPS, "oidc_client_secret_file": file}))


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"smtp_url": SecretStr("smtp://mail.example")}, "ESKM_MAIL_FROM"),
        ({"smtp_url": SecretStr("mail.example"), "mail_from": "a@b.example"}, "ESKM_SMTP_URL"),
        ({"smtp_url": SecretStr("smtp://mail.example"), "mail_from": "Survei Kota"}, "ESKM_MAIL_FROM"),
        ({"oidc_issuer": "https://id.example"}, "ESKM_OIDC_CLIENT_ID"),
        ({"oidc_client_id": "eskm"}, "ESKM_OIDC_ISSUER"),
        ({"oidc_issuer": "http://id.example", "oidc_client_id": "eskm"}, "https"),
        ({**SSO, "oidc_client_secret_file": Path("not-there")}, "ESKM_OIDC_CLIENT_SECRET_FILE"),
    ],
)
def test_settings_that_do_not_fit(changed: dict[str, object], named: str) -> None:
    with pytest.raises(StartRefused, match=named):
        startup.check_settings(Settings().model_copy(update=changed))


def test_settings_that_fit() -> None:
    mail = {"smtp_url": SecretStr("smtps://a:b@mail.example"), "mail_from": "Survei Kota <eskm@kota.example>"}
    startup.check_settings(Settings().model_copy(update={**mail, **SSO}))


@pytest.fixture
def without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra `oidc` were not installed."""
    monkeypatch.setattr(oidc, "find_spec", lambda _name: None)


@pytest.mark.usefixtures("without_extra")
def test_single_sign_on_needs_its_extra(browser_without: Callable[..., TestClient]) -> None:
    with pytest.raises(StartRefused, match=r"eskm\[oidc\]"):
        startup.check_settings(Settings().model_copy(update=SSO))
    assert not oidc.is_on(Settings().model_copy(update=SSO))
    assert browser_without().get("/masuk/sso").status_code == 404


@pytest.fixture
def browser_without(city: Database, settings: Settings) -> Iterator[Callable[..., TestClient]]:
    """A browser on a service without single sign-on."""
    with TestClient(create_app(settings)) as client:
        yield lambda: client
