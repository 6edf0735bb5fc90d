"""`/akun/kode` one's second factor: set up by a QR, moved to another phone, recovery codes, switched off."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from app.auth import account, arrival, familiar, forms, second_factor, totp
from app.auth.cookies import set_session
from app.auth.guards import SelfEnrolling, SelfSignedIn, now
from app.auth.ownership import asks, owner
from app.auth.sessions import SignedIn
from app.auth.staff_pages import page, see_other
from app.auth.throttle import TooManyAttempts
from app.core.errors import DomainError, Forbidden, InvalidInput
from app.core.messages import translate
from app.core.session import database
from app.web import error_pages, qr
from app.web.locale import page_language

router = APIRouter(tags=["account"], default_response_class=HTMLResponse)

Typed = Annotated[str, Form()]
_REFUSALS = error_pages.declared(401, 404, 413, 422, 429, 503)
_SHOWN: dict[int | str, dict[str, Any]] = {
    200: {"description": "The recovery codes, this once"},
    303: {"description": "Begin again"},
}


@router.get(arrival.ENROL_PAGE, summary="The second factor", responses=error_pages.declared(401, 422))
def get_factor(request: Request, signed_in: SelfEnrolling, onward: str | None = None) -> Response:
    """Its state; without one, or with `?ganti=1`, a new key to scan."""
    with database(request).read() as session:
        confirmed = account.user_of(session, signed_in.user_id).totp_confirmed_at is not None
    if confirmed and "ganti" not in request.query_params:
        return _state_page(request, signed_in)
    _, sealed = second_factor.seal_new(request.app.state.keys, signed_in.user_id, signed_in.session_id)
    return _key_page(request, signed_in, sealed, onward)


@router.post(arrival.ENROL_PAGE, summary="Confirm a new key", responses={**_SHOWN, **_REFUSALS})
def post_factor(
    request: Request,
    signed_in: SelfEnrolling,
    key: Typed = "",
    code: Typed = "",
    current: Typed = "",
    onward: Typed = "",
) -> Response:
    """Set up the key that was scanned, proved by a code of it, and show the recovery codes."""
    keys, at = request.app.state.keys, now(request)
    secret = second_factor.unseal_new(keys, signed_in.user_id, signed_in.session_id, key)
    if secret is None:
        return see_other(arrival.ENROL_PAGE)
    try:
        with owner(request, signed_in, current) as (session, user):
            codes = second_factor.enable(session, keys, signed_in.principal.actor, user, secret, code, at)
            fresh = arrival.arrive_fully(request, session, user, at)
    except (InvalidInput, TooManyAttempts) as error:
        return _key_page(request, signed_in, key, onward, error)
    request.state.principal = signed_in.principal
    onward = arrival.local(onward) if signed_in.stage == "enrol" else "/akun"
    response = _codes_page(request, codes, onward, fresh=True)
    set_session(response, request.app.state.settings, fresh)
    familiar.remember(request, response, signed_in.user_id)
    return response


@router.post("/akun/kode/cadangan", summary="New recovery codes", responses={**_SHOWN, **_REFUSALS})
def post_recovery(request: Request, signed_in: SelfSignedIn, current: Typed = "") -> Response:
    """Make the old recovery codes worthless and show new ones."""
    keys, actor, at = request.app.state.keys, signed_in.principal.actor, now(request)
    try:
        with owner(request, signed_in, current) as (session, user):
            if user.totp_confirmed_at is None:
                return see_other(arrival.ENROL_PAGE)
            codes = second_factor.renew_codes(session, keys, actor, user, at)
    except (InvalidInput, TooManyAttempts) as error:
        return _state_page(request, signed_in, error)
    return _codes_page(request, codes, "/akun", fresh=False)


@router.post(
    "/akun/kode/matikan",
    status_code=303,
    summary="Do without a second factor",
    responses={303: {"description": "Switched off"}, **_REFUSALS, **error_pages.declared(403)},
)
def post_off(request: Request, signed_in: SelfSignedIn, current: Typed = "") -> Response:
    """Sign in with the password alone again. Not for administrators where the settings ask it of them."""
    try:
        with owner(request, signed_in, current) as (session, user):
            if arrival.must_enrol(request, session, user):
                raise Forbidden
            second_factor.disable(session, signed_in.principal.actor, user, now(request))
    except (InvalidInput, TooManyAttempts) as error:
        return _state_page(request, signed_in, error)
    return see_other("/akun?selesai=kode-mati")


def _state_page(request: Request, signed_in: SignedIn, error: DomainError | None = None) -> Response:
    with database(request).read() as session:
        user = account.user_of(session, signed_in.user_id)
        codes_left = second_factor.codes_left(session, signed_in.user_id)
        required = arrival.must_enrol(request, session, user)
    return page(
        request,
        "staff/account_factor.html",
        section="account",
        status=200 if error is None else error.status,
        headers=None if error is None else error.headers,
        errors=[] if error is None else forms.refusal(request, error, "current"),
        codes_left=codes_left,
        required=required,
        asks=asks(signed_in, user),
    )


def _key_page(
    request: Request,
    signed_in: SignedIn,
    sealed: str,
    onward: str | None,
    error: DomainError | None = None,
) -> Response:
    with database(request).read() as session:
        user = account.user_of(session, signed_in.user_id)
    keys = request.app.state.keys
    secret = second_factor.unseal_new(keys, signed_in.user_id, signed_in.session_id, sealed) or ""
    address = totp.address(secret, user.name, request.app.state.settings.public_url)
    return page(
        request,
        "staff/account_key.html",
        section="account",
        status=200 if error is None else error.status,
        headers=None if error is None else error.headers,
        errors=[] if error is None else forms.refusal(request, error, "current"),
        key=sealed,
        picture=qr.inline(address),
        picture_label=translate("Kode QR untuk aplikasi autentikator", page_language(request)),
        typed=totp.spaced(secret),
        onward=arrival.local(onward),
        enrolling=signed_in.stage == "enrol",
        replacing=user.totp_confirmed_at is not None,
        asks=asks(signed_in, user),
    )


def _codes_page(request: Request, codes: list[str], onward: str, *, fresh: bool) -> Response:
    return page(
        request, "staff/account_codes.html", section="account", codes=codes, onward=onward, fresh=fresh
    )
