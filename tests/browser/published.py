"""A site with a published quarter, somebody who heads the unit, and how pages of it are looked at."""

from datetime import UTC, datetime
from uuid import uuid4

import httpx
from playwright.sync_api import Page

from app.audit.service import SYSTEM
from app.auth.accounts import Person, add_grant, create_user
from app.auth.keys import Keys
from app.auth.passwords import hash_password
from app.auth.roles import Role
from app.core.db import Database
from app.core.secrets import load_or_create
from app.core.settings import Settings
from app.ikm.periods import parse
from app.publication.service import draft, issue
from app.responses.catalog import registered_catalog
from app.units.queries import unit_by_code
from tests.browser.axe import violations
from tests.conftest import ELEMENTS

PASSWORD = "payung kerbau lampion tangga"


def publish(site: str, site_settings: Settings) -> None:
    """Twenty answers of August to `ptsp`, published; and the user `kepala`."""
    for number in range(20):
        scores = {key: 3 + (number + place) % 2 for place, key in enumerate(ELEMENTS)}
        answer = {
            "id": str(uuid4()),
            "point": "ptsp-nib-qr",
            "answered_at": "2026-08-20T02:00:00Z",
            "scores": scores,
            "profile": {
                "sex": "LP"[number % 2],
                "age": 20 + number,
                "education": ("SMA", "S1")[number % 3 // 2],
            },
        }
        assert httpx.post(f"{site}/api/v1/responses", json=answer).status_code == 201
    database = Database(site_settings)
    catalog = registered_catalog(database, site_settings.surveys_dir)
    now = datetime.now(UTC)
    with database.read() as session:
        unit = unit_by_code(session, "ptsp")
        assert unit is not None
        prepared = draft(session, catalog, unit, parse("2026-08"), now)
    with database.write() as session:
        at = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
        keys = Keys(load_or_create(site_settings.secret_key_file))
        issue(session, keys, SYSTEM, prepared, at, public_url=site)
        head = create_user(session, SYSTEM, Person("kepala", "Kepala", None), unit.id or 0, now)
        head.password_hash = hash_password(PASSWORD)
        add_grant(session, SYSTEM, head, Role.UNIT_HEAD, unit.id or 0, now)
    database.dispose()


def sign_in(page: Page) -> None:
    """As the unit's head."""
    page.goto("/masuk")
    page.locator("#login").fill("kepala")
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/petugas**")


def faults(page: Page, width: int) -> list[str]:
    """Violations of accessibility, and a page that is wider than its window."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    return violations(page) + ([f"{wide} pixels wide"] if wide > width else [])
