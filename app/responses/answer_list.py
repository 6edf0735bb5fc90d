"""Single answers, for those who decide whether they count: never who gave them."""

from collections.abc import Sequence
from typing import Literal

from sqlmodel import Session, col, select

from app.ikm.periods import Period
from app.responses.tables import EXCLUDED, FLAGGED, Response

Show = Literal["flagged", "all", "excluded"]
PORTION = 50


def answers(
    session: Session, unit_id: int, period: Period, show: Show, number: int = 1
) -> tuple[Sequence[Response], bool]:
    """A portion of a unit's own answers in a period, newest first, and whether more follow."""
    wanted = select(Response).where(
        Response.unit_id == unit_id,
        col(Response.local_date) >= period.start,
        col(Response.local_date) < period.end,
    )
    if show == "flagged":
        wanted = wanted.where(FLAGGED)
    elif show == "excluded":
        wanted = wanted.where(col(Response.state) == EXCLUDED)
    wanted = wanted.order_by(col(Response.local_date).desc(), col(Response.id).desc())
    found = session.exec(wanted.offset((number - 1) * PORTION).limit(PORTION + 1)).all()
    return found[:PORTION], len(found) > PORTION
