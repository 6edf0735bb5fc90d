"""A publication of `ptsp` with a medium, for routes whose address names one; its address is never called."""

from datetime import date
from uuid import UUID

from sqlmodel import Session

from app.publication.tables import Medium, Publication
from app.units.queries import unit_by_code
from tests.conftest import NOW

MEDIUM = UUID(int=8)
NUMBER = "SKM/kota/2026/0900"


def store(session: Session) -> None:
    """Both."""
    unit, government = unit_by_code(session, "ptsp"), unit_by_code(session, "kota")
    assert unit is not None
    assert unit.id is not None
    assert government is not None
    assert government.id is not None
    session.add(
        Publication(
            unit_id=unit.id,
            number=NUMBER,
            government_id=government.id,
            year=2026,
            sequence=900,
            period="2019-Q1",
            period_start=date(2019, 1, 1),
            period_end=date(2019, 4, 1),
            instrument="skm-2017@1",
            categories="2017",
            respondents=12,
            ikm="75.00",
            mutu="C",
            issued_at=NOW,
            issued_on=NOW.date(),
            key_id="0" * 16,
            sha256="0" * 64,
            signature="0" * 128,
            document="{}",
        )
    )
    session.flush()
    session.add(
        Medium(
            unit_id=unit.id,
            id=MEDIUM,
            number=NUMBER,
            kind="website",
            shown_on=NOW.date(),
            place="Situs",
            address="http://127.0.0.1:9/",
            shows_method=True,
            shows_process=True,
            shows_result=True,
            added_at=NOW,
        )
    )
