"""When the report of a survey was issued, and consultation forums: what follow-ups begin with."""

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app.auth.forms import Shown, refusal
from app.auth.guards import ResultReader, now
from app.auth.staff_pages import page, see_other
from app.core.errors import InvalidInput
from app.core.session import ReadSession, WriteSession
from app.followups import queries, service, wording
from app.followups.desk import SECTION, Desk, desk
from app.followups.guards import Sent
from app.followups.list_pages import show_list

router = APIRouter(prefix="/petugas/unit/{code}/tindak-lanjut", include_in_schema=False)

_REPORT = ("period", "issued_on", "number")
_FORUM = ("held_on", "number", "participants")


@router.post("/laporan")
def post_report(code: str, request: Request, sent: Sent, session: WriteSession) -> Response:
    """The report of a period was issued on this day; the clock of PEKPPP indicator 9 runs from it."""
    found = desk(request, session, sent.principal, code)
    values = {name: sent.form.text(name) for name in _REPORT}
    try:
        row = service.issue_report(session, sent.principal.actor, found.unit, values, now(request))
    except InvalidInput as error:
        asked = {"state": "", "period": "", "element": ""}
        errors = refusal(request, error, "")
        return show_list(request, session, found, asked, status=422, errors=errors, values=values)
    return see_other(f"{found.path}?period={row.period}")


@router.get("/forum")
def get_forums(code: str, request: Request, principal: ResultReader, session: ReadSession) -> Response:
    """The consultation forums of a unit, and what was agreed there."""
    return _show(request, session, desk(request, session, principal, code))


@router.post("/forum")
def post_forum(code: str, request: Request, sent: Sent, session: WriteSession) -> Response:
    """Write down a forum: date and number of its minutes."""
    found = desk(request, session, sent.principal, code)
    values = {name: sent.form.text(name) for name in _FORUM}
    try:
        row = service.add_forum(session, sent.principal.actor, found.unit, values, now(request))
    except InvalidInput as error:
        return _show(request, session, found, errors=refusal(request, error, ""), values=values)
    return see_other(f"{found.path}/forum#forum-{row.id}")


def _show(
    request: Request,
    session: Session,
    found: Desk,
    *,
    errors: Shown | None = None,
    values: dict[str, str] | None = None,
) -> Response:
    rows = queries.of_unit(session, [found.unit_id])
    forums = [
        (
            one,
            wording.day(one.held_on, found.language),
            [(row, wording.state_name(row.state, found.language)) for row in rows if row.forum_id == one.id],
        )
        for one in queries.forums(session, found.unit_id)
    ]
    return page(
        request,
        "staff/followups/forums.html",
        section=SECTION,
        status=422 if errors else 200,
        desk=found,
        forums=forums,
        errors=errors or [],
        values=values or dict.fromkeys(_FORUM, ""),
        today=found.today.isoformat(),
    )
