"""`/masuk` signing in, `/masuk/kode` its second step, `/keluar` signing out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from app.auth import account, arrival, familiar, forms, oidc, second_factor, sessions, throttle
from app.auth.accounts import anybody
from app.auth.cookies import drop_session, session_secret, set_session
from app.auth.errors import CodesSpent, WrongCode, WrongPassword, WrongRecoveryCode
from app.auth.guards import SelfHalfway, now, public, visitor
from app.auth.sessions import SignedIn
from app.auth.sign_in import code_caller, sign_in
from app.auth.staff_pages import page, see_other
from app.auth.tables import User
from app.auth.throttle import CODES, TooManyAttempts
from app.core.errors import NotFound
from app.core.session import database
from app.web import error_pages

# Where the first administrator is made, as long as there is none: `admin.setup_pages`.
SET_UP = "/pasang"
router = APIRouter(tags=["sign-in"], default_response_class=HTMLResponse)

Typed = Annotated[str, Form()]
# What the next user of a shared computer could find by the back button.
FORGET = {"Clear-Site-Data": '"cache"'}
_REFUSALS = error_pages.declared(413, 422, 429, 503)


@router.get("/masuk", summary="Sign in", responses=error_pages.declared(422))
@public
def get_sign_in(request: Request, onward: str | None = None) -> Response:
    """The form. Whoever is signed in already is led on."""
    signed_in = visitor(request)
    if signed_in is not None and signed_in.stage == "full":
        return see_other(arrival.local(onward))
    if signed_in is not None and signed_in.stage == "enrol":
        return see_other(arrival.ENROL_PAGE)
    with database(request).read() as session:
        if not anybody(session):
            return see_other(SET_UP)
    return _sign_in_page(request, onward, left="keluar" in request.query_params)


@router.post(
    "/masuk",
    status_code=303,
    summary="Give name and password",
    responses={303: {"description": "Signed in, or on to the second step"}, **_REFUSALS},
)
@public
def post_sign_in(request: Request, login: Typed = "", password: Typed = "", onward: Typed = "") -> Response:
    """Let somebody in. Unknown names, wrong passwords and closed accounts look alike."""
    try:
        came = sign_in(request, login, password, arrival.local(onward))
    except (WrongPassword, TooManyAttempts) as error:
        shown = forms.fault(request, error, "login")
        return _sign_in_page(
            request, onward, errors=shown, status=error.status, headers=error.headers, login=login
        )
    response = see_other(came.onward)
    set_session(response, request.app.state.settings, came.secret)
    if came.inside:
        familiar.remember(request, response, came.user_id)
    return response


@router.post("/keluar", status_code=303, summary="Sign out", responses={303: {"description": "Signed out"}})
@public
def post_sign_out(request: Request) -> Response:
    """End the session here and in the browser. It is no fault to have none any more."""
    signed_in = visitor(request)
    secret = session_secret(request)
    if secret is not None:
        with database(request).write() as session:
            at = now(request)
            sessions.end_by_secret(session, secret, at)
            if signed_in is not None:
                account.ended(session, signed_in, at, 1)
    response = see_other("/masuk?keluar=1")
    response.headers.update(FORGET)
    drop_session(response, request.app.state.settings)
    return response


@router.get(arrival.FACTOR_PAGE, summary="The second step", responses=error_pages.declared(401, 422))
def get_code(request: Request, halfway: SelfHalfway, onward: str | None = None) -> Response:
    """Asks for the code of the app."""
    return _code_page(request, onward)


@router.post(
    arrival.FACTOR_PAGE,
    status_code=303,
    summary="Give the second factor",
    responses={303: {"description": "Signed in"}, **error_pages.declared(401, 413, 422, 429)},
)
def post_code(
    request: Request, halfway: SelfHalfway, code: Typed = "", recovery: Typed = "", onward: Typed = ""
) -> Response:
    """Let somebody in all the way, with a code of the app or one from paper. Five wrong ones end the attempt."""
    field = "recovery" if recovery else "code"
    try:
        secret, ended = _give(request, halfway, recovery or code)
    except TooManyAttempts as error:
        shown = forms.fault(request, error, field)
        return _code_page(request, onward, errors=shown, status=error.status, headers=error.headers)
    if secret is not None:
        response = see_other(arrival.local(onward))
        set_session(response, request.app.state.settings, secret)
        familiar.remember(request, response, halfway.user_id)
        return response
    if ended:
        shown = forms.fault(request, CodesSpent(), "login")
        response = _sign_in_page(request, onward, errors=shown, status=CodesSpent.status)
        drop_session(response, request.app.state.settings)
        return response
    shown = forms.fault(request, WrongRecoveryCode() if recovery else WrongCode(), field)
    return _code_page(request, onward, errors=shown, status=WrongCode.status)


def _give(request: Request, halfway: SignedIn, code: str) -> tuple[str | None, bool]:
    """The secret of the full session, or None; and whether the half-way session has ended for it."""
    at = now(request)
    caller = code_caller(request, halfway.user_id, halfway.session_id)
    with database(request).write() as session:
        throttle.admit(session, caller, CODES, at, halfway.user_id)
        user = session.get(User, halfway.user_id)
        if user is None:
            raise NotFound
        if second_factor.give(session, request.app.state.keys, user, code, at) is not None:
            throttle.succeeded(session, caller)
            return arrival.arrive_fully(request, session, user, at), False
        arrival.refused(session, user, at, "code")
        ended = throttle.failures(session, caller, CODES, at) >= CODES.here.times
        if ended:
            sessions.end(session, halfway.session_id, at)
        return None, ended


def _sign_in_page(
    request: Request,
    onward: str | None,
    *,
    errors: forms.Shown | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    login: str = "",
    left: bool = False,
) -> Response:
    settings = request.app.state.settings
    request.state.principal = None
    return page(
        request,
        "staff/sign_in.html",
        status=status,
        headers=headers,
        errors=errors or [],
        login=login,
        onward=arrival.local(onward),
        left=left,
        single_sign_on=settings.oidc_name if oidc.is_on(settings) else None,
        idle_minutes=settings.session_idle_minutes,
    )


def _code_page(
    request: Request,
    onward: str | None,
    *,
    errors: forms.Shown | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    return page(
        request,
        "staff/sign_in_code.html",
        status=status,
        headers=headers,
        errors=errors or [],
        recovering=any(shown["field"] == "recovery" for shown in errors or []),
        onward=arrival.local(onward),
    )
