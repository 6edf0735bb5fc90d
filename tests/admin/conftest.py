"""A browser of staff, people to sit before it, and what the record says afterwards."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.audit.tables import AuditEntry
from app.auth.roles import Role
from app.auth.tables import User
from app.core.db import Database

Headers = dict[str, str]


@pytest.fixture
def desk(app: FastAPI) -> Iterator[TestClient]:
    """Follows no redirect by itself, so that each answer can be looked at."""
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def staff(person: Callable[..., User], signed_in: Callable[..., Headers]) -> Callable[..., Headers]:
    """Makes a browser of somebody with one role: `staff("ptsp", Role.VIEWER)`; an administrator by default."""

    def headers(unit: str = "kota", role: Role = Role.ADMIN) -> Headers:
        return signed_in(person(f"{unit}-{role.value}", (unit, role), home=unit))

    return headers


@pytest.fixture
def recorded(city: Database) -> Callable[..., list[AuditEntry]]:
    """What the record says of deeds that begin so: `recorded("unit.")`."""

    def entries(beginning: str) -> list[AuditEntry]:
        with city.read() as session:
            wanted = select(AuditEntry).where(col(AuditEntry.action).startswith(beginning))
            return list(session.exec(wanted.order_by(col(AuditEntry.chain), col(AuditEntry.sequence))))

    return entries
