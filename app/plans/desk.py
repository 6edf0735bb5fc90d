"""What the pages of plans share: who may plan, today where the unit is, the sizes by every method."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from app.auth.guards import now, staff
from app.auth.principal import Principal
from app.auth.roles import Role
from app.core.errors import NotFound
from app.plans.sizes import CONFIDENCE, MARGIN, sizes_of
from app.plans.typed import Sent
from app.plans.wording import method_name
from app.units.tables import Unit
from app.web.chart_words import number

PLANS = frozenset({Role.ADMIN, Role.UNIT_HEAD})
Planner = Annotated[Principal, Depends(staff(PLANS))]


def sizes_said(
    population: int, margin: int | None, confidence: int | None, language: str
) -> list[dict[str, object]]:
    """The sample by each method in words. ValueError for a margin or confidence that cannot be used."""
    margin = MARGIN if margin is None else margin
    confidence = CONFIDENCE if confidence is None else confidence
    return [
        {
            "method": size.method,
            "name": method_name(size.method, margin, confidence, language),
            "sample": number(size.sample, language),
            "row": None if size.row is None else number(size.row[0], language),
        }
        for size in sizes_of(population, margin, confidence)
    ]


def version_of(sent: Sent) -> int | None:
    """Which state of a plan its form was opened on; None when the form does not say."""
    text = sent.text("versi")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def today_of(request: Request, unit: Unit) -> date:
    """The date where the unit is."""
    return now(request).astimezone(ZoneInfo(unit.timezone)).date()


def id_of(unit: Unit) -> int:
    """The id of a unit that came from the database."""
    if unit.id is None:
        raise NotFound
    return unit.id
