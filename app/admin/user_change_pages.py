"""`/kelola/pengguna/{id}/ubah`: another name, e-mail address or home unit."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, Response
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from app.admin.guards import AdministratorInPerson
from app.admin.territory import Territory, territory_of
from app.admin.user_view import authority_of, refused
from app.admin.wording import shown
from app.auth import accounts, administration
from app.auth.accounts import Person
from app.auth.administration import account_of
from app.auth.guards import now
from app.auth.principal import Principal
from app.auth.staff_pages import page, see_other
from app.core.errors import DomainError, FieldError, InvalidInput, NotFound
from app.core.session import ReadSession, database
from app.web.locale import page_language

router = APIRouter(prefix="/kelola/pengguna/{user_id}/ubah", include_in_schema=False)

UserId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Text = Annotated[str, Form(max_length=1000)]


@router.get("")
def get_change(
    request: Request, principal: AdministratorInPerson, session: ReadSession, user_id: UserId
) -> Response:
    """The form."""
    territory = territory_of(session, principal)
    account = account_of(session, authority_of(principal, territory), user_id)
    administration.require_whole(account)
    user = account.user
    person = Person(user.name, user.full_name, user.email)
    return _form(request, territory, user_id, person, territory.units[user.unit_id].code)


@router.post("")
def post_change(
    request: Request,
    principal: AdministratorInPerson,
    user_id: UserId,
    name: Text = "",
    full_name: Text = "",
    email: Text = "",
    home: Text = "",
) -> Response:
    """Names and home unit together, or nothing."""
    person = Person(name, full_name, email)
    try:
        with database(request).write() as session:
            _store(request, session, principal, user_id, person, home)
    except InvalidInput as error:
        return _again(request, principal, user_id, person, home, error.errors)
    except IntegrityError:  # somebody else took the name at the same moment
        taken = FieldError("/name", "name_taken", "Nama pengguna ini sudah dipakai.")
        return _again(request, principal, user_id, person, home, (taken,))
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, principal, user_id, error)
    return see_other(f"/kelola/pengguna/{user_id}?done=changed")


def _store(
    request: Request, session: Session, principal: Principal, user_id: int, person: Person, home: str
) -> None:
    territory, at = territory_of(session, principal), now(request)
    authority = authority_of(principal, territory)
    account = account_of(session, authority, user_id, change=True)
    administration.require_whole(account)
    unit = territory.by_code(home)
    faults = list(accounts.faults_of(session, person, but=account.user))
    if unit is None:
        faults.append(FieldError("/home", "unit_unknown", "Pilih unit tempat orang ini bekerja."))
    if faults or unit is None or unit.id is None:
        raise InvalidInput(tuple(faults))
    accounts.change_user(session, principal.actor, account.user, person, at)
    administration.move(session, authority, account, unit.id, at)


def _again(
    request: Request,
    principal: Principal,
    user_id: int,
    person: Person,
    home: str,
    errors: tuple[FieldError, ...],
) -> Response:
    with database(request).read() as session:
        return _form(request, territory_of(session, principal), user_id, person, home, errors)


def _form(
    request: Request,
    territory: Territory,
    user_id: int,
    person: Person,
    home: str,
    errors: tuple[FieldError, ...] = (),
) -> Response:
    return page(
        request,
        "staff/users/change.html",
        section="users",
        status=422 if errors else 200,
        user_id=user_id,
        person=person,
        home=home,
        units=territory.options(),
        errors=shown(errors, page_language(request)),
    )
