"""A comment of the unit `ptsp`, for whoever tries routes that name one."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlmodel import Session, select

from app.responses.tables import Comment, Response
from app.units.tables import Service

COMMENT = UUID(int=11)
DAY = date(2026, 9, 30)


def store(session: Session) -> None:
    """An answer with the comment."""
    service = session.exec(select(Service).where(Service.code == "nib")).one()
    assert service.id is not None
    at = datetime(2026, 9, 30, 3, tzinfo=UTC)
    session.add(
        Response(
            unit_id=service.unit_id,
            id=COMMENT,
            service_id=service.id,
            instrument="skm-2017@1",
            channel="qr",
            answered_at=at,
            received_at=at,
            local_date=DAY,
            scores={"waktu": 1},
            respondent_mean=45360,
            digest=bytes(16),
        )
    )
    session.flush()
    session.add(
        Comment(
            unit_id=service.unit_id,
            response_id=COMMENT,
            service_id=service.id,
            local_date=DAY,
            respondent_mean=45360,
            text="sasaran",
        )
    )
