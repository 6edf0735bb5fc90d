"""`/kelola/pengguna/{id}`: one person. Every deed is a post that leads back here, or says why it was refused."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from sqlmodel import Session

from app.admin.guards import AdministratorInPerson
from app.admin.handing_over import hand_over, handover_of
from app.admin.territory import territory_of
from app.admin.user_view import act, authority_of, refused, show
from app.auth import administration
from app.auth.administration import Account, Authority, account_of
from app.auth.guards import now
from app.auth.roles import ROLES, Role
from app.core.errors import DomainError, FieldError, InvalidInput, NotFound
from app.core.session import ReadSession, database
from app.units.queries import ancestors, unit_by_code

router = APIRouter(prefix="/kelola/pengguna/{user_id}", include_in_schema=False)

UserId = Annotated[int, Path(ge=1, le=2**31 - 1)]
GrantId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Text = Annotated[str, Form(max_length=1000)]


@router.get("")
def get_user(
    request: Request, principal: AdministratorInPerson, session: ReadSession, user_id: UserId, done: str = ""
) -> Response:
    """What is known, what they hold in scope, where they are signed in, and what can be done about it."""
    return show(request, session, principal, user_id, done=done)


@router.post("/peran")
def post_grant(
    request: Request, principal: AdministratorInPerson, user_id: UserId, role: Text = "", unit: Text = ""
) -> Response:
    """A role on a unit in scope."""

    def give(session: Session, authority: Authority, account: Account, at: datetime) -> None:
        chosen = unit_by_code(session, unit)
        faults = []
        if role not in ROLES:
            faults.append(FieldError("/role", "role_unknown", "Pilih perannya."))
        if chosen is None or chosen.id not in authority.scope:
            faults.append(FieldError("/unit", "unit_unknown", "Pilih unit tempat peran itu berlaku."))
        if faults or chosen is None or chosen.id is None:
            raise InvalidInput(tuple(faults))
        administration.give(
            session, authority, account, Role(role), chosen.id, ancestors(session, chosen.id), at
        )

    return act(request, principal, user_id, give, "given")


@router.post("/peran/{grant_id}/cabut")
def post_withdrawal(
    request: Request, principal: AdministratorInPerson, user_id: UserId, grant_id: GrantId
) -> Response:
    """A role that is held on a unit in scope."""

    def withdraw(session: Session, authority: Authority, account: Account, at: datetime) -> None:
        administration.withdraw(session, authority, account, grant_id, at)

    return act(request, principal, user_id, withdraw, "withdrawn")


@router.post("/tautan")
def post_link(request: Request, principal: AdministratorInPerson, user_id: UserId) -> Response:
    """An invitation for somebody who never had a password, else a way back; it stands in this answer only."""
    at = now(request)
    try:
        with database(request).write() as session:
            territory = territory_of(session, principal)
            authority = authority_of(principal, territory)
            account = account_of(session, authority, user_id, change=True)
            purpose, secret = administration.link(session, authority, account, at)
            zone = territory.zone_of(account.user.unit_id)
            handover = handover_of(account.user, purpose, secret, at, zone)
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, principal, user_id, error)
    return hand_over(request, handover)


@router.post("/langkah-kedua")
def post_factor(request: Request, principal: AdministratorInPerson, user_id: UserId) -> Response:
    """For somebody who lost their phone."""
    return act(request, principal, user_id, administration.reset_factor, "factor")


@router.post("/sesi")
def post_sessions(request: Request, principal: AdministratorInPerson, user_id: UserId) -> Response:
    """Sign them out everywhere."""
    return act(request, principal, user_id, administration.end_sessions, "sessions")


@router.post("/nonaktif")
def post_closing(request: Request, principal: AdministratorInPerson, user_id: UserId) -> Response:
    """What they did stays under their name."""
    return act(request, principal, user_id, administration.close, "closed")


@router.post("/aktif")
def post_opening(request: Request, principal: AdministratorInPerson, user_id: UserId) -> Response:
    """They may sign in again; what they held is theirs again."""
    return act(request, principal, user_id, administration.reopen, "opened")
