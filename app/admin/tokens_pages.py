"""`/kelola/token`: keys for programs. Made here, shown once in the answer to the post, revoked here."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Path, Query, Request, Response
from sqlmodel import Session

from app.admin import token_list
from app.admin.guards import AdministratorInPerson
from app.admin.territory import Territory, territory_of
from app.admin.wording import day, shown
from app.auth.guards import now
from app.auth.principal import Principal
from app.auth.role_names import NARROW_FIRST, role_help, role_name
from app.auth.roles import ROLES, Role
from app.auth.staff_pages import page, see_other
from app.auth.tables import ApiToken
from app.auth.tokens import LASTING_MAX, make_token, revoke_token
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.session import ReadSession, database
from app.web.locale import local_time, page_language

router = APIRouter(prefix="/kelola/token", include_in_schema=False)

TokenId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Before = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
Text = Annotated[str, Form(max_length=1000)]
DAYS = ("30", "90", "365")
UNTIL = "until"


@dataclass(frozen=True, slots=True)
class Draft:
    """A new token as typed; `lasting` is one of DAYS or UNTIL, `until` the last day then."""

    name: str = ""
    role: str = ""
    unit: str = ""
    lasting: str = "90"
    until: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A token that was just made and committed, with its secret."""

    secret: str
    name: str
    role: Role
    unit: str
    expires_at: datetime
    zone: ZoneInfo


@router.get("")
def get_tokens(
    request: Request,
    principal: AdministratorInPerson,
    session: ReadSession,
    ended: bool = False,
    before: Before = None,
    done: str = "",
) -> Response:
    """Those that have not run out nor been revoked; with `ended` all of them."""
    territory, language = territory_of(session, principal), page_language(request)
    found = token_list.tokens(session, territory, now(request), ended=ended, before=before)
    return page(
        request,
        "staff/tokens/list.html",
        section="tokens",
        listing=found,
        ended=ended,
        continued=before is not None,
        done=done,
        role_name=lambda role: role_name(role, language),
        day=lambda moment: day(moment, territory.zone_of(), language),
    )


@router.get("/baru")
def get_new(request: Request, principal: AdministratorInPerson, session: ReadSession) -> Response:
    """The form."""
    return _form(request, territory_of(session, principal), Draft())


@router.post("/baru")
def post_new(
    request: Request,
    principal: AdministratorInPerson,
    name: Text = "",
    role: Text = "",
    unit: Text = "",
    lasting: Text = "",
    until: Text = "",
) -> Response:
    """The secret stands in this answer and nowhere else."""
    draft = Draft(name, role, unit, lasting, until)
    try:
        with database(request).write() as session:
            made = _make(session, principal, draft, now(request))
    except InvalidInput as error:
        with database(request).read() as session:
            return _form(request, territory_of(session, principal), draft, error.errors)
    language = page_language(request)
    return page(
        request,
        "staff/tokens/made.html",
        section="tokens",
        made=made,
        role=role_name(made.role, language),
        expires=local_time(made.expires_at, made.zone, language),
        address=f"{request.app.state.settings.public_url}/api/v1/units",
    )


@router.post("/{token_id}/cabut")
def post_revocation(request: Request, principal: AdministratorInPerson, token_id: TokenId) -> Response:
    """It stops at its next use, for good."""
    with database(request).write() as session:
        token = session.get(ApiToken, token_id)
        if token is None or token.unit_id not in territory_of(session, principal).ids:
            raise NotFound
        revoke_token(session, principal.actor, token, now(request))
    return see_other("/kelola/token?done=revoked")


def _make(session: Session, principal: Principal, draft: Draft, at: datetime) -> Made:
    territory = territory_of(session, principal)
    unit, faults = territory.by_code(draft.unit), []
    if draft.role not in ROLES:
        faults.append(FieldError("/role", "role_unknown", "Pilih peran token ini."))
    if unit is None:
        faults.append(FieldError("/unit", "unit_unknown", "Pilih unit tempat token ini berlaku."))
    zone = territory.zone_of(unit.id if unit else None)
    expires_at = _expiry(draft, at, zone)
    if expires_at is None:
        faults.append(FieldError("/until", "expiry_invalid", "Pilih sampai kapan token ini berlaku."))
    if faults or unit is None or unit.id is None or expires_at is None or principal.user_id is None:
        raise InvalidInput(tuple(faults))
    secret, token = make_token(
        session,
        principal.actor,
        role=Role(draft.role),
        unit_id=unit.id,
        name=draft.name,
        expires_at=expires_at,
        user_id=principal.user_id,
        now=at,
    )
    return Made(secret, token.name, Role(draft.role), unit.name, expires_at, zone)


def _expiry(draft: Draft, at: datetime, zone: ZoneInfo) -> datetime | None:
    """When it runs out; a day that was chosen is the last one on which it works, where the unit is."""
    if draft.lasting in DAYS:
        return at + timedelta(days=int(draft.lasting))
    if draft.lasting != UNTIL:
        return None
    try:
        after = date.fromisoformat(draft.until) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(after, time.min, zone)


def _form(
    request: Request, territory: Territory, draft: Draft, errors: tuple[FieldError, ...] = ()
) -> Response:
    language, at = page_language(request), now(request)
    today = at.astimezone(territory.zone_of()).date()
    return page(
        request,
        "staff/tokens/new.html",
        section="tokens",
        status=422 if errors else 200,
        draft=draft,
        errors=shown(errors, language),
        units=territory.options(),
        roles=[(role.value, role_name(role, language), role_help(role, language)) for role in NARROW_FIRST],
        first=today.isoformat(),
        last=(today + LASTING_MAX - timedelta(days=1)).isoformat(),
    )
