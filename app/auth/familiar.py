"""Browsers in which a person has signed in before. They are counted on their own: others cannot lock them out."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from app.auth.keys import Keys

LASTS_SECONDS = 180 * 24 * 3600


def cookie_of(request: Request, user_id: int) -> str:
    """The cookie's name: one for each person, as a browser at a counter has several."""
    keys: Keys = request.app.state.keys
    prefix = "__Host-" if request.app.state.settings.is_production else ""
    return f"{prefix}eskm-known-{keys.digest('known cookie', user_id)[:12]}"


def browser_of(request: Request, user_id: int) -> str | None:
    """What this browser is called, if this person has signed in with it before. Grants nothing by itself."""
    keys: Keys = request.app.state.keys
    called, _, proof = request.cookies.get(cookie_of(request, user_id), "").partition(".")
    genuine = secrets.compare_digest(proof.encode(), _proof(keys, user_id, called).encode())
    return called if genuine else None


def remember(request: Request, response: Response, user_id: int) -> None:
    """Have the browser tell next time that this person has signed in with it. Renewed at every sign-in."""
    keys: Keys = request.app.state.keys
    called = browser_of(request, user_id) or secrets.token_urlsafe(16)
    response.set_cookie(
        cookie_of(request, user_id),
        f"{called}.{_proof(keys, user_id, called)}",
        max_age=LASTS_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.is_production,
    )


def _proof(keys: Keys, user_id: int, called: str) -> str:
    return keys.digest("known browser", user_id, called)
