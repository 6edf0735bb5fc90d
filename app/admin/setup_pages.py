"""`/pasang`: the page of the first start. It exists until somebody has an account, and never again."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from app.admin import setup
from app.admin.setup import PATH, FirstStart, Government
from app.auth import forms, passwords
from app.auth.accounts import Person, anybody, faults_of
from app.auth.arrival import arrive
from app.auth.cookies import set_session
from app.auth.guards import now, public
from app.auth.staff_pages import page, see_other
from app.auth.throttle import TooManyAttempts
from app.core.errors import DomainError, FieldError, InvalidInput, NotFound
from app.core.messages import translate
from app.core.session import database
from app.units.registry_rows import DEFAULT_ZONE
from app.units.tables import ZONES
from app.web import error_pages
from app.web.locale import page_language

router = APIRouter(tags=["setup"], default_response_class=HTMLResponse)

Word = Annotated[str, Form(max_length=200)]
Secret = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was sent; secrets are never shown again."""

    setup_code: str = ""
    government: str = ""
    code: str = ""
    timezone: str = DEFAULT_ZONE
    unit: str = ""
    full_name: str = ""
    name: str = ""
    email: str = ""
    password: str = ""
    again: str = ""


def _filled(
    setup_code: Word = "",
    government: Word = "",
    code: Word = "",
    timezone: Word = DEFAULT_ZONE,
    unit: Word = "",
    full_name: Word = "",
    name: Word = "",
    email: Word = "",
    password: Secret = "",
    again: Secret = "",
) -> Filled:
    return Filled(setup_code, government, code, timezone, unit, full_name, name, email, password, again)


@router.get(PATH, summary="The first start", responses=error_pages.declared(404))
@public
def get_setup(request: Request) -> Response:
    """The form; 404 once somebody has an account."""
    return _form(request, Filled())


@router.post(
    PATH,
    status_code=303,
    summary="Make the first administrator",
    responses={303: {"description": "Signed in"}, **error_pages.declared(404, 413, 422, 429, 503)},
)
@public
def post_setup(request: Request, sent: Annotated[Filled, Depends(_filled)]) -> Response:
    """The government, where there is none, its first administrator, and their session: all of it or nothing."""
    at = now(request)
    with database(request).read() as session:
        is_first = not setup.roots(session)
        if anybody(session):
            raise NotFound
    try:
        _try_code(request, sent.setup_code)
        first = _read(request, sent, is_first=is_first)
        with database(request).write() as session:
            user = setup.set_up(session, first, at)
            secret, onward = arrive(request, session, user, at)
    except (InvalidInput, TooManyAttempts) as error:
        return _form(request, sent, error)
    response = see_other(onward)
    set_session(response, request.app.state.settings, secret)
    return response


def _try_code(request: Request, typed: str) -> None:
    if not typed.strip():
        raise InvalidInput((FieldError("/setup_code", "setup_code_missing", "Isi kode pemasangan."),))
    with database(request).write() as session:
        is_right = setup.try_code(session, request.app.state.keys, typed, now(request))
    if not is_right:
        raise InvalidInput(
            (FieldError("/setup_code", "setup_code_wrong", "Kode ini bukan kode pemasangan layanan ini."),)
        )


def _read(request: Request, sent: Filled, *, is_first: bool) -> FirstStart:
    """What the form says, all of its faults together. Hashes the password, so never within a transaction."""
    person = Person(sent.name, sent.full_name, sent.email).normal()
    government = Government(sent.code.strip().lower(), " ".join(sent.government.split()), sent.timezone)
    faults = list(setup.check_government(government)) if is_first else []
    with database(request).read() as session:
        faults += faults_of(session, person)
    faults += _password_faults(sent, person, government)
    if faults:
        raise InvalidInput(tuple(faults))
    return FirstStart(government if is_first else sent.unit, person, passwords.hash_password(sent.password))


def _password_faults(sent: Filled, person: Person, government: Government) -> tuple[FieldError, ...]:
    if sent.password != sent.again:
        return (FieldError("/again", "password_differs", "Kedua kata sandi tidak sama. Ketik ulang."),)
    names = (person.name, person.email or "", person.full_name.lower(), government.name.lower())
    known = [*names, *(part for name in names for part in name.split()), government.code]
    try:
        passwords.check(sent.password, known)
    except InvalidInput as error:
        return error.errors
    return ()


def _form(request: Request, sent: Filled, error: DomainError | None = None) -> Response:
    with database(request).read() as session:
        if anybody(session):
            raise NotFound
        governments = [(unit.code, unit.name) for unit in setup.roots(session)]
    language = page_language(request)
    zones = {
        "Asia/Jakarta": translate("WIB: Jakarta, Sumatra, Jawa", language),
        "Asia/Pontianak": translate("WIB: Kalimantan Barat dan Tengah", language),
        "Asia/Makassar": translate("WITA: Bali, Nusa Tenggara, Sulawesi, Kalimantan lainnya", language),
        "Asia/Jayapura": translate("WIT: Maluku, Papua", language),
    }
    return page(
        request,
        "staff/setup.html",
        status=error.status if error is not None else 200,
        headers=error.headers if error is not None else {},
        sent=sent,
        governments=governments,
        zones=[(zone, zones[zone]) for zone in ZONES],
        errors=_shown(request, error),
    )


def _shown(request: Request, error: DomainError | None) -> forms.Shown:
    if error is None:
        return []
    return forms.faults(request, error.errors) or forms.fault(request, error, "setup_code")
