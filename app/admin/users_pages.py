"""`/kelola/pengguna`: the people in scope, and a new one with an invitation."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.admin import people
from app.admin.guards import AdministratorInPerson
from app.admin.handing_over import Handover, hand_over, handover_of
from app.admin.territory import Territory, territory_of
from app.admin.wording import day, shown
from app.auth import accounts, links
from app.auth.accounts import Person
from app.auth.guards import now
from app.auth.principal import Principal
from app.auth.role_names import NARROW_FIRST, role_help, role_name
from app.auth.roles import ROLES, Role
from app.auth.staff_pages import page
from app.core.errors import FieldError, InvalidInput
from app.core.session import ReadSession, database
from app.units.scope import unit_in_scope
from app.web.locale import page_language

router = APIRouter(prefix="/kelola/pengguna", include_in_schema=False)

Id = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
Text = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True, slots=True)
class Draft:
    """A new person as typed."""

    name: str = ""
    full_name: str = ""
    email: str = ""
    home: str = ""
    role: str = ""
    unit: str = ""


@router.get("")
def get_users(
    request: Request,
    principal: AdministratorInPerson,
    session: ReadSession,
    q: str = "",
    unit: str = "",
    state: str = "",
    after: Id = None,
) -> Response:
    """Everybody who belongs to a unit in scope or holds a role there, by full name."""
    territory, language = territory_of(session, principal), page_language(request)
    chosen = unit_in_scope(session, principal, unit) if unit else None
    found = people.people(session, territory, people.Filter(q, chosen, state), after)
    kept = {"q": q, "unit": unit, "state": state}
    onward = {**{key: value for key, value in kept.items() if value}, "after": found.after}
    return page(
        request,
        "staff/users/list.html",
        section="users",
        listing=found,
        kept=kept,
        filtered=any(kept.values()),
        units=territory.options(),
        role_name=lambda role: role_name(role, language),
        day=lambda moment: day(moment, territory.zone_of(), language),
        onward=f"?{urlencode(onward)}" if found.after else None,
        continued=after is not None,
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
    full_name: Text = "",
    email: Text = "",
    home: Text = "",
    role: Text = "",
    unit: Text = "",
) -> Response:
    """Store account, role and link together; the link stands in this answer and nowhere else."""
    draft = Draft(name, full_name, email, home, role, unit)
    try:
        with database(request).write() as session:
            handover = _invite(request, session, principal, draft)
    except InvalidInput as error:
        return _again(request, principal, draft, error.errors)
    except IntegrityError:  # sent twice at once: the other one was stored
        message = "Nama pengguna ini sudah dipakai."
        return _again(request, principal, draft, (FieldError("/name", "name_taken", message),))
    return hand_over(request, handover)


def _invite(request: Request, session: Session, principal: Principal, draft: Draft) -> Handover:
    territory, at = territory_of(session, principal), now(request)
    home, unit = territory.by_code(draft.home), territory.by_code(draft.unit)
    person = Person(draft.name, draft.full_name, draft.email)
    faults = list(accounts.faults_of(session, person))
    if home is None:
        faults.append(FieldError("/home", "unit_unknown", "Pilih unit tempat orang ini bekerja."))
    if draft.role not in ROLES:
        faults.append(FieldError("/role", "role_unknown", "Pilih peran pertamanya."))
    if unit is None:
        faults.append(FieldError("/unit", "unit_unknown", "Pilih unit tempat peran itu berlaku."))
    if faults or home is None or home.id is None or unit is None or unit.id is None:
        raise InvalidInput(tuple(faults))
    user = accounts.create_user(session, principal.actor, person, home.id, at)
    accounts.add_grant(session, principal.actor, user, Role(draft.role), unit.id, at)
    secret = links.make_link(session, principal.actor, user, "invite", at)
    return handover_of(user, "invite", secret, at, territory.zone_of(home.id))


def _again(request: Request, principal: Principal, draft: Draft, errors: tuple[FieldError, ...]) -> Response:
    with database(request).read() as session:
        return _form(request, territory_of(session, principal), draft, errors)


def _form(
    request: Request, territory: Territory, draft: Draft, errors: tuple[FieldError, ...] = ()
) -> Response:
    language = page_language(request)
    return page(
        request,
        "staff/users/new.html",
        section="users",
        status=422 if errors else 200,
        draft=draft,
        errors=shown(errors, language),
        units=territory.options(),
        roles=[(role.value, role_name(role, language), role_help(role, language)) for role in NARROW_FIRST],
    )
