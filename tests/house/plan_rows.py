"""A plan and an imported result at `ptsp`, for routes whose address or body names them."""

from datetime import date
from uuid import UUID

from sqlmodel import Session

from app.history.tables import HistoricalResult
from app.plans.tables import Plan
from app.units.queries import unit_by_code
from tests.conftest import NOW

PLAN, RESULT = UUID(int=6), UUID(int=7)
PERIOD = "2026-Q3"


def store(session: Session) -> None:
    """Both, at version 1."""
    unit = unit_by_code(session, "ptsp")
    assert unit is not None
    assert unit.id is not None
    session.add(
        Plan(
            unit_id=unit.id,
            id=PLAN,
            period=PERIOD,
            first_day=date(2026, 7, 1),
            last_day=date(2026, 9, 30),
            population=900,
            population_origin="stated",
            method="own_number",
            target=80,
            changed_at=NOW,
        )
    )
    session.add(
        HistoricalResult(
            unit_id=unit.id,
            id=RESULT,
            period="2016",
            rule="2014",
            ikm=7815,
            source="Laporan Pelayanan Terpadu 2016",
            imported_at=NOW,
        )
    )
