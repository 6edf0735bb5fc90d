"""Panels about the work on a result: its plan, comments, what is done about it, its publication."""

from sqlmodel import Session, col, select

from app.auth.roles import EXPORTS_RAW
from app.comments import panel as comment_panel
from app.comments import sorting
from app.comments.guards import DEALS
from app.dashboard.panel_context import Context, PanelData
from app.followups import queries as followup_queries
from app.followups import wording as followup_words
from app.followups.guards import EDITS
from app.followups.view import clock, line
from app.instruments.model import in_language
from app.plans import queries as plan_queries
from app.plans.wording import shown
from app.publication import queries as publication_queries
from app.publication.listing import line as line_of
from app.units.tables import Service

ROWS = 4
TOPICS = 5


def plans(session: Session, context: Context) -> PanelData | None:
    """The quota of exactly this period; nothing where nobody planned it."""
    found = plan_queries.summary(session, context.unit_id, context.view.asked.period.code, context.today)
    if found is None:
        return None
    names = _service_names(session, context)
    every = [*([found.whole] if found.whole else []), *found.services]
    own = [one for one in every if context.service_id in (None, one.plan.service_id)]
    rows = [shown(one, names.get(one.plan.service_id or 0), context.language) for one in own]
    return {"plans": rows} if rows else None


def comments(session: Session, context: Context) -> PanelData | None:
    """What people wrote in the period, for those who may read it; very many are counted when asked for."""
    view = context.view
    if context.service_id is not None or not context.holds(session, EXPORTS_RAW):
        return None
    unit_ids, period = view.subject.unit_ids, view.asked.period
    if not view.asked.details and not comment_panel.is_quick(session, unit_ids, period):
        return {"comments": None, "deals": context.holds(session, DEALS)}
    found = comment_panel.summary(session, unit_ids, period)
    if not found.comments:
        return None
    topics = comment_panel.topic_counts(session, unit_ids, period)
    return {
        "comments": found.comments,
        "new": found.by_state.get("new", 0),
        "oldest": followup_words.day(found.oldest_new.local_date, context.language)
        if found.oldest_new
        else None,
        "topics": topics.topics[:TOPICS],
        "unsorted": sorting.is_behind(session, unit_ids),
        "deals": context.holds(session, DEALS),
    }


def followups(session: Session, context: Context) -> PanelData | None:
    """What is being done: the most urgent, with the clock of the survey's report."""
    if context.service_id is not None:
        return None
    unit_id, language = context.unit_id, context.language
    rows = followup_queries.clocked(session, followup_queries.of_unit(session, [unit_id]), context.today)
    edits = context.holds(session, EDITS)
    if not rows and not (edits and context.view.respondents):
        return None
    names = {
        element.key: in_language(element.name, language)
        for one in context.view.results
        if one.instrument is not None
        for element in one.instrument.elements
    }
    period = context.view.asked.period.code
    progress = next(
        (one for one in followup_queries.progress_of(session, unit_id) if one.period == period), None
    )
    return {
        "rows": [line(one, names, 0, language) for one in rows[:ROWS]],
        "more": max(0, len(rows) - ROWS),
        "clock": clock(progress, context.today, language) if progress else None,
        "edits": edits,
    }


def publication(session: Session, context: Context) -> PanelData | None:
    """What was published of exactly this period; a result that waits for it is led to the desk."""
    code = context.view.asked.period.code
    found = publication_queries.listed(
        session, unit_ids=[context.unit_id], period=code, current_only=True, limit=None
    )
    own = [one for one in found if one.publication.service_id == context.service_id]
    ended = context.view.asked.period.end <= context.today
    if not own and not (ended and context.view.respondents):
        return None
    return {"lines": [line_of(one, context.catalog.categories, context.language) for one in own]}


def _service_names(session: Session, context: Context) -> dict[int, str]:
    wanted = select(Service).where(col(Service.unit_id).in_(context.view.subject.unit_ids))
    return {one.id: one.name for one in session.exec(wanted) if one.id is not None}
