"""The page that shows a link to somebody's password: once, in the answer to the post that made it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from app.auth import links, mail
from app.auth.staff_pages import page
from app.auth.tables import User
from app.web.locale import local_time, page_language


@dataclass(frozen=True, slots=True)
class Handover:
    """A link that was just made and committed: for whom, what for, and its secret."""

    user_id: int
    name: str
    full_name: str
    email: str | None
    purpose: str
    secret: str
    expires_at: datetime
    zone: ZoneInfo


def handover_of(user: User, purpose: str, secret: str, made_at: datetime, zone: ZoneInfo) -> Handover:
    """What the page needs, free of the session that made the link."""
    if user.id is None:
        raise ValueError("the account is not stored yet")
    expires_at = made_at + links.LASTING[purpose]
    return Handover(user.id, user.name, user.full_name, user.email, purpose, secret, expires_at, zone)


def hand_over(request: Request, handover: Handover) -> Response:
    """Mail the link where that is possible, and show it. To be called after the commit."""
    settings, language = request.app.state.settings, page_language(request)
    address = links.address_of(settings, handover.secret)
    mailed = handover.email is not None and mail.send(
        settings,
        handover.email,
        mail.letter_of(handover.full_name, handover.name, address, handover.purpose, language),
    )
    return page(
        request,
        "staff/users/link.html",
        section="users",
        handover=handover,
        address=address,
        mailed=mailed,
        expires=local_time(handover.expires_at, handover.zone, language),
    )
