"""A unit with a plan, people who may change it, and real files."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typst
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.auth.tables import User

Headers = dict[str, str]
API = "/api/v1/units/ptsp/follow-ups"
PAGE = "/petugas/unit/ptsp/tindak-lanjut"
PLAN: dict[str, Any] = {
    "period": "2026-Q2",
    "element": "waktu",
    "recommendation": "Waktu tunggu dipersingkat",
    "action": "Buka loket kedua",
    "due": "2026-Q4",
    "owner": "Kepala Bidang",
}


@pytest.fixture
def desk(app: FastAPI) -> Iterator[TestClient]:
    """Follows no redirect by itself, so that each answer can be looked at."""
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def head(token: Callable[..., Headers]) -> Headers:
    """A program that may change what belongs to `ptsp`."""
    return token("ptsp", Role.UNIT_HEAD)


@pytest.fixture
def browser(person: Callable[..., User], signed_in: Callable[..., Headers]) -> Callable[..., Headers]:
    """Makes the browser of somebody with one role; the head of `ptsp` by default."""

    def headers(unit: str = "ptsp", role: Role = Role.UNIT_HEAD) -> Headers:
        return signed_in(person(f"{unit}-{role.value}", (unit, role), home=unit))

    return headers


@pytest.fixture
def planned(desk: TestClient, head: Headers) -> Callable[..., dict[str, Any]]:
    """Makes a follow-up: what the API says of it."""

    def make(**fields: Any) -> dict[str, Any]:
        answer = desk.post(API, json={**PLAN, **fields}, headers=head)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    return make


@pytest.fixture(scope="session")
def pdf() -> bytes:
    """A real document."""
    return bytes(typst.compile(b"= Bukti"))
