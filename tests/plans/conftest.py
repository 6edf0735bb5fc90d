"""A browser of staff, what the record says, and answers on given days."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.admin.conftest import desk, recorded, staff

__all__ = ["desk", "recorded", "staff"]


@pytest.fixture
def answered(desk: TestClient, body: Callable[..., dict[str, Any]]) -> Callable[..., None]:
    """Stores answers on a day: `answered(date(2026, 10, 1), 3, point="ptsp-kios", service="nib")`."""

    def store(day: date, number: int = 1, **fields: Any) -> None:
        for _ in range(number):
            sent = body(answered_at=f"{day}T10:00:00+08:00", **fields)
            assert desk.post("/api/v1/responses", json=sent).status_code == 201

    return store
