"""The panel of what can be handed on: the report in two forms, the letter."""

from sqlmodel import Session

from app.auth.roles import EXPORTS_RAW
from app.dashboard.panel_context import Context, PanelData


def documents(session: Session, context: Context) -> PanelData | None:
    """Addresses of the documents of the period; the letter is about a unit, and the last month."""
    if context.view.respondents == 0:
        return None
    return {
        "report": context.holds(session, EXPORTS_RAW),
        "letter": context.service_id is None,
    }
