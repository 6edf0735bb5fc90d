"""`/akun` one's own account: roles, browsers in which one is signed in, and `/akun/kata-sandi` another password."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from app.auth import account, forms, passwords, second_factor, sessions
from app.auth.cookies import drop_session
from app.auth.guards import SelfSignedIn, lifetimes, now
from app.auth.ownership import owner
from app.auth.role_names import role_name
from app.auth.sessions import SignedIn
from app.auth.staff_pages import page, see_other
from app.auth.throttle import TooManyAttempts
from app.core.errors import DomainError, FieldError, InvalidInput, NotFound
from app.core.session import database
from app.web import error_pages
from app.web.locale import local_time, page_language

router = APIRouter(tags=["account"], default_response_class=HTMLResponse)

Typed = Annotated[str, Form()]
_REFUSALS = error_pages.declared(401, 404, 413, 422, 429, 503)


@router.get("/akun", summary="One's account", responses=error_pages.declared(401, 422))
def get_account(request: Request, signed_in: SelfSignedIn) -> Response:
    """Who one is here, what one may do, and where one is signed in."""
    language = page_language(request)
    with database(request).read() as session:
        profile = account.profile(session, signed_in.user_id)
        own = sessions.open_sessions(session, signed_in.user_id, now(request), lifetimes(request))
        codes_left = second_factor.codes_left(session, signed_in.user_id)
    browsers = [
        {
            "id": login.id,
            "device": login.device,
            "since": local_time(login.created_at, profile.zone, language),
            "seen": local_time(login.last_seen_at, profile.zone, language),
            "this": login.id == signed_in.session_id,
        }
        for login in account.newest_first(own, signed_in.session_id)
    ]
    changed = profile.user.password_changed_at
    return page(
        request,
        "staff/account.html",
        section="account",
        user=profile.user,
        unit=profile.unit,
        roles=[(role_name(role, language), name) for role, name in profile.roles],
        browsers=browsers,
        codes_left=codes_left,
        password_changed=local_time(changed, profile.zone, language) if changed else None,
        single_sign_on=request.app.state.settings.oidc_name,
        done=request.query_params.get("selesai"),
    )


@router.post(
    "/akun/sesi/akhiri-lainnya",
    status_code=303,
    summary="End all other sessions",
    responses={303: {"description": "Ended"}, **error_pages.declared(401)},
)
def post_end_others(request: Request, signed_in: SelfSignedIn) -> Response:
    """For a lost phone, or a computer at which one forgot to sign out."""
    with database(request).write() as session:
        account.end_others(session, signed_in, now(request), lifetimes(request))
    return see_other("/akun?selesai=sesi-lain")


@router.post(
    "/akun/sesi/{session_id}/akhiri",
    status_code=303,
    summary="End a session",
    responses={303: {"description": "Ended"}, **error_pages.declared(401, 404, 422)},
)
def post_end(request: Request, signed_in: SelfSignedIn, session_id: int) -> Response:
    """End one of one's own sessions; this one is signing out."""
    with database(request).write() as session:
        account.end_own(session, signed_in, session_id, now(request), lifetimes(request))
    if session_id != signed_in.session_id:
        return see_other("/akun?selesai=sesi")
    response = see_other("/masuk?keluar=1")
    drop_session(response, request.app.state.settings)
    return response


@router.get("/akun/kata-sandi", summary="Another password", responses=error_pages.declared(401, 404, 422))
def get_password(request: Request, signed_in: SelfSignedIn) -> Response:
    """The form."""
    return _password_page(request, signed_in)


@router.post(
    "/akun/kata-sandi",
    status_code=303,
    summary="Change the password",
    responses={303: {"description": "Changed"}, **_REFUSALS},
)
def post_password(
    request: Request, signed_in: SelfSignedIn, current: Typed = "", password: Typed = "", again: Typed = ""
) -> Response:
    """Store another password; it takes the present one. All other sessions end."""
    try:
        _change(request, signed_in, current, password, again)
    except (InvalidInput, TooManyAttempts) as error:
        return _password_page(request, signed_in, error)
    return see_other("/akun?selesai=kata-sandi")


def _change(request: Request, signed_in: SignedIn, current: str, password: str, again: str) -> None:
    with database(request).read() as session:
        user = account.user_of(session, signed_in.user_id)
    if user.password_hash is None:
        raise NotFound
    if password != again:
        fault = FieldError("/again", "password_differs", "Kedua kata sandi tidak sama. Ketik ulang.")
        raise InvalidInput((fault,))
    passwords.check(password, passwords.words_of(user))
    hashed = passwords.hash_password(password)
    actor, this = signed_in.principal.actor, signed_in.session_id
    with owner(request, signed_in, current) as (session, found):
        passwords.store(session, actor, found, hashed, now(request), but=this)


def _password_page(request: Request, signed_in: SignedIn, error: DomainError | None = None) -> Response:
    with database(request).read() as session:
        user = account.user_of(session, signed_in.user_id)
    if user.password_hash is None:
        raise NotFound
    return page(
        request,
        "staff/account_password.html",
        section="account",
        status=200 if error is None else error.status,
        headers=None if error is None else error.headers,
        errors=[] if error is None else forms.refusal(request, error, "current"),
        name=user.name,
    )
