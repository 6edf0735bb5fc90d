"""Answers of a quarter that is over, and results published from them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.audit.service import SYSTEM
from app.audit.tables import AuditEntry
from app.auth.keys import Keys
from app.core.db import Database
from app.ikm.periods import parse
from app.instruments.catalog import Catalog
from app.publication.service import Correction, draft, issue
from app.publication.tables import Publication
from app.units.queries import service_by_code, unit_by_code
from tests.conftest import ELEMENTS, NOW

URL = "https://skm.uji.example"
Answered = Callable[..., None]
Issued = Callable[..., Publication]


@pytest.fixture
def answered(client: TestClient, body: Callable[..., dict[str, Any]]) -> Answered:
    """Sends answers of 20 August 2026: `answered(12, score=4, point="ptsp-nib-qr", sex="L")`."""

    def send(number: int, score: int | dict[str, int] = 3, point: str = "ptsp-nib-qr", **more: Any) -> None:
        at = more.pop("at", "2026-08-20T02:00:00Z")
        elements = more.pop("elements", ELEMENTS)
        scores = {key: score if isinstance(score, int) else score.get(key, 3) for key in elements}
        for _ in range(number):
            sent = client.post(
                "/api/v1/responses",
                json=body(point=point, scores=scores, answered_at=at, **({"profile": more} if more else {})),
            )
            assert sent.status_code == 201, sent.text

    return send


@pytest.fixture
def keys() -> Keys:
    """Keys of an installation that is not the client's."""
    return Keys(b"k" * 32)


@pytest.fixture
def issued(client: TestClient, city: Database, catalog: Catalog) -> Issued:
    """Publishes with the service itself: `issued("ptsp", "2026-Q3", service="nib", replaces=number)`."""

    def publish(
        unit: str = "ptsp",
        period: str = "2026-Q3",
        *,
        service: str | None = None,
        instrument: str | None = None,
        replaces: str | None = None,
        at: datetime = NOW,
    ) -> Publication:
        app: Any = client.app
        with city.read() as session:
            found = unit_by_code(session, unit)
            assert found is not None
            assert found.id is not None
            judged = service_by_code(session, found.id, service) if service else None
            prepared = draft(
                session, catalog, found, parse(period), at, service=judged, instrument=instrument
            )
        correction = Correction(replaces, "Dua jawaban percobaan dikeluarkan") if replaces else None
        with city.write() as session:
            made = issue(session, app.state.keys, SYSTEM, prepared, at, public_url=URL, correction=correction)
            session.refresh(made)
            session.expunge(made)
        return made

    return publish


LATER = datetime(2027, 1, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def recorded(city: Database) -> Callable[..., list[AuditEntry]]:
    """What the record says of deeds that begin so: `recorded("publication.")`."""

    def entries(beginning: str) -> list[AuditEntry]:
        with city.read() as session:
            wanted = select(AuditEntry).where(col(AuditEntry.action).startswith(beginning))
            return list(session.exec(wanted.order_by(col(AuditEntry.chain), col(AuditEntry.sequence))))

    return entries
