"""`/masuk/sso`: to the identity provider, and back. Absent where single sign-on is not set up."""

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.auth import oidc
from app.auth.arrival import arrive_fully, local, refused
from app.auth.cookies import set_session
from app.auth.guards import now, public
from app.auth.oidc import PATH, RETURN_PATH, Provider, SignOnFailed, Travelling
from app.auth.staff_pages import page, see_other
from app.core.errors import NotFound
from app.core.session import database
from app.core.settings import Settings
from app.web import error_pages

log = structlog.get_logger(__name__)
router = APIRouter(tags=["sign-in"], default_response_class=HTMLResponse)

# The address holds the provider's code.
SECRET_ADDRESS = {"Referrer-Policy": "no-referrer"}
SEEN_MAX = 4000


@router.get(
    PATH,
    status_code=303,
    summary="Sign in through the identity provider",
    responses={303: {"description": "To the provider"}, **error_pages.declared(404, 422, 502)},
)
@public
def get_departure(request: Request, onward: str | None = None) -> Response:
    """Leads to the provider; the browser gets a cookie by which it is known when it comes back."""
    provider, at, settings = _provider(request), now(request), request.app.state.settings
    try:
        departure = oidc.depart(provider, request.cookies.get(cookie_name(settings)), at)
    except SignOnFailed as error:
        return _failed(request, error, 502)
    with database(request).write() as session:
        oidc.remember(session, departure, local(onward), at)
    response = see_other(departure.address)
    response.set_cookie(
        cookie_name(settings),
        departure.browser,
        max_age=int(oidc.ON_THE_WAY.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",  # the provider leads back here from another site
        secure=settings.is_production,
    )
    return response


@router.get(
    RETURN_PATH,
    status_code=303,
    summary="Back from the identity provider",
    responses={303: {"description": "Signed in"}, **error_pages.declared(403, 404, 422)},
)
@public
def get_return(request: Request, state: str = "", code: str = "", iss: str | None = None) -> Response:
    """Signs in whoever the provider says it is, if there is an account; the second factor is the provider's."""
    provider, at, settings = _provider(request), now(request), request.app.state.settings
    try:
        travelling = _travelling(request, state)
        if not code or len(code) > SEEN_MAX:
            raise SignOnFailed("return: no code")  # noqa: TRY301 - refused like all else
        if iss is not None and iss != settings.oidc_issuer:
            raise SignOnFailed("return: another issuer")  # noqa: TRY301
        stranger = provider.stranger(code, travelling, at)
    except SignOnFailed as error:
        return _failed(request, error, 403)
    with database(request).write() as session:
        user = oidc.user_of(session, stranger, at)
        if user is None:
            refused(session, None, at, "sso_unknown")
            return _page(request, 403, known=True)
        secret = arrive_fully(request, session, user, at)
    response = see_other(travelling.onward)
    set_session(response, settings, secret)
    response.delete_cookie(
        cookie_name(settings), path="/", httponly=True, samesite="lax", secure=settings.is_production
    )
    return response


def cookie_name(settings: Settings) -> str:
    """The cookie of a browser on its way, as strict as that of a session."""
    return "__Host-eskm-sso" if settings.is_production else "eskm-sso"


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.identity_provider
    if provider is None:
        raise NotFound
    return provider


def _travelling(request: Request, state: str) -> Travelling:
    """What left with this state from this browser. From now on it is used up, whatever follows."""
    browser = request.cookies.get(cookie_name(request.app.state.settings), "")
    if not (state and browser):
        raise SignOnFailed("return: no state, or no cookie")
    with database(request).write() as session:
        found = oidc.take(session, state, browser, now(request))
    if found is None:
        raise SignOnFailed("return: state unknown, used, too old, or of another browser")
    return found


def _failed(request: Request, error: SignOnFailed, status: int) -> Response:
    log.warning("sso.failed", reason=str(error))
    return _page(request, status, known=False)


def _page(request: Request, status: int, *, known: bool) -> Response:
    name = request.app.state.settings.oidc_name
    return page(
        request, "staff/sso_stranger.html", status=status, headers=SECRET_ADDRESS, known=known, provider=name
    )
