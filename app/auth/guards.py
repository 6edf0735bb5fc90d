"""Guards: exactly one on every route. Deny by default is tested by walking all routes."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request

from app.auth import service, sessions
from app.auth.cookies import session_secret
from app.auth.errors import NoRole, SecondFactorMissing
from app.auth.principal import Principal
from app.auth.roles import EXPORTS_RAW, READS_RESULTS, Role
from app.auth.sessions import Lifetimes, SignedIn
from app.core.errors import Forbidden, Unauthenticated
from app.core.guards import MARK as MARK
from app.core.guards import public as public
from app.core.session import database
from app.core.tokens import bearer


def staff(roles: Collection[Role]) -> Callable[[Request], Principal]:
    """A guard for whoever holds one of `roles` somewhere; the unit is checked by `units.scope`.

    The principal that it gives holds only what `roles` name: a viewer of one unit who heads another is a head
    where they are head.
    """

    def guard(request: Request) -> Principal:
        secret = bearer(request.headers.get("authorization"))
        if secret is None:
            signed_in = _signed_in(request)
            if signed_in.stage != "full":
                raise SecondFactorMissing(signed_in.stage)
            principal = signed_in.principal
        else:
            principal = _program(request, secret)
        request.state.principal = principal  # a staff page shows who is asking, and what they may open
        if not principal.holdings:
            raise NoRole
        limited = principal.limited(roles)
        if not limited.holdings:
            raise Forbidden
        return limited

    setattr(guard, MARK, "staff")
    guard.roles = frozenset(roles)  # type: ignore[attr-defined]
    return guard


def person(*stages: str) -> Callable[[Request], SignedIn]:
    """A guard for somebody in a signed-in browser, whatever they hold: pages about their own account."""

    def guard(request: Request) -> SignedIn:
        signed_in = _signed_in(request)
        if signed_in.stage not in stages:
            raise SecondFactorMissing(signed_in.stage)
        # Half-way in, no other page can be opened: none is offered.
        full = signed_in.stage == "full"
        request.state.principal = signed_in.principal if full else signed_in.principal.limited(())
        return signed_in

    setattr(guard, MARK, "person")
    return guard


def visitor(request: Request) -> SignedIn | None:
    """Who is signed in with this browser, if anybody, for public pages; it is no guard."""
    try:
        return _signed_in(request)
    except Unauthenticated:
        return None


def lifetimes(request: Request) -> Lifetimes:
    """How long sessions last here."""
    settings = request.app.state.settings
    return Lifetimes(
        timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    )


def now(request: Request) -> datetime:
    """The present instant of the application's clock."""
    return request.app.state.clock()  # type: ignore[no-any-return]


def _signed_in(request: Request) -> SignedIn:
    secret = session_secret(request)
    if secret is None:
        raise Unauthenticated
    at = now(request)
    with database(request).read() as session:
        found = sessions.recognise(session, secret, at, lifetimes(request))
    if found is None:
        raise Unauthenticated
    if found.unseen:
        with database(request).write() as session:
            sessions.note_seen(session, found.session_id, at)
    return found


def _program(request: Request, secret: str) -> Principal:
    at = now(request)
    with database(request).read() as session:
        found = service.recognise(session, secret, at)
    if found is None:
        raise Unauthenticated
    if found.use_unrecorded:
        with database(request).write() as session:
            service.note_use(session, found.token_id, at)
    return found.principal


ADMINISTERS = frozenset({Role.ADMIN})
RUNS_POINTS = frozenset({Role.ADMIN, Role.OPERATOR})

ResultReader = Annotated[Principal, Depends(staff(READS_RESULTS))]
AnyStaff = Annotated[Principal, Depends(staff(frozenset(Role)))]
RawExporter = Annotated[Principal, Depends(staff(EXPORTS_RAW))]
Administrator = Annotated[Principal, Depends(staff(ADMINISTERS))]
SelfSignedIn = Annotated[SignedIn, Depends(person("full"))]
"""A person on pages of their own account."""
SelfEnrolling = Annotated[SignedIn, Depends(person("full", "enrol"))]
"""The same, also while a second factor must still be set up."""
SelfHalfway = Annotated[SignedIn, Depends(person("factor"))]
"""Somebody who gave a password and must still give the second factor."""
