"""The cookie of a staff session. Citizens never get one."""

from starlette.requests import Request
from starlette.responses import Response

from app.core.settings import Settings


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host and to TLS; without TLS browsers would refuse that name."""
    return "__Host-eskm" if settings.is_production else "eskm"


def session_secret(request: Request) -> str | None:
    """What the browser's cookie says, or None."""
    return request.cookies.get(cookie_name(request.app.state.settings))


def set_session(response: Response, settings: Settings, secret: str) -> None:
    """Give the browser its session, until it is closed."""
    response.set_cookie(
        cookie_name(settings),
        secret,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.is_production,
    )


def drop_session(response: Response, settings: Settings) -> None:
    """Take it away again."""
    response.delete_cookie(
        cookie_name(settings), path="/", httponly=True, samesite="lax", secure=settings.is_production
    )
