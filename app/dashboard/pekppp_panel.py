"""The panel about the yearly evaluation: the proposed levels of the year."""

from sqlmodel import Session

from app.dashboard.panel_context import Context, PanelData
from app.instruments.model import in_language
from app.pekppp.facts import facts_of
from app.pekppp.scoring import standing


def pekppp(session: Session, context: Context) -> PanelData | None:
    """The levels of the year in which the period begins; nothing for a service, or before 2017."""
    if context.service_id is not None:
        return None
    year = context.view.asked.period.start.year
    facts = facts_of(session, context.catalog, context.view.subject.unit, year)
    if facts.instrument is None:
        return None
    levels = [
        {
            "code": one.code,
            "name": in_language(one.name, context.language),
            "level": (level := facts.proposals[one.number].level),
            "standing": standing(one.role, level, year, context.today).value,
            "missing": len(facts.proposals[one.number].missing),
        }
        for one in facts.instrument.indicators
    ]
    return {"year": year, "levels": levels, "running": year >= context.today.year}
