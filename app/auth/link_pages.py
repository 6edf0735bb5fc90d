"""`/akun/tautan/{secret}`: set a password by a link. `/masuk/lupa`: ask for such a link by mail."""

from datetime import timedelta
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from starlette.background import BackgroundTask

from app.audit.service import SYSTEM, Actor
from app.auth import forms, links, mail, passwords
from app.auth.accounts import user_by_login
from app.auth.arrival import arrive
from app.auth.cookies import set_session
from app.auth.guards import now, public
from app.auth.links import LinkSpent
from app.auth.staff_pages import page, see_other
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.session import database
from app.web import error_pages
from app.web.locale import page_language

router = APIRouter(tags=["sign-in"], default_response_class=HTMLResponse)

# The address is a key: no other site may learn it. With `no-referrer` browsers would say `Origin: null` when the
# form is sent, which is what a foreign site looks like.
SECRET_ADDRESS = {"Referrer-Policy": "same-origin"}
FORGOTTEN = "/masuk/lupa"
FORGOTTEN_SENT = f"{FORGOTTEN}?terkirim=1"
# A person gets one mail in this time, however often somebody asks for it.
MAIL_PAUSE = timedelta(minutes=10)
MAILS_AT_ONCE = 2
MAILS_WAITING_MAX = 50

Secret = Annotated[str, Form(max_length=1000)]


@router.get(
    "/akun/tautan/{secret}", summary="Set a password by a link", responses=error_pages.declared(404, 410, 422)
)
@public
def get_link(request: Request, secret: str) -> Response:
    """The form; looking at it spends nothing. A link that no longer works says whom to ask."""
    try:
        with database(request).read() as session:
            link = links.find_link(session, secret, now(request))
            return _form(request, link)
    except (NotFound, LinkSpent) as error:
        return _spent(request, error.status)


@router.post(
    "/akun/tautan/{secret}",
    status_code=303,
    summary="Set a password",
    responses={303: {"description": "Signed in"}, **error_pages.declared(404, 410, 413, 422, 503)},
)
@public
def post_link(request: Request, secret: str, password: Secret = "", again: Secret = "") -> Response:
    """Store the password, spend the link, sign in: all of it or nothing."""
    at = now(request)
    try:
        with database(request).read() as session:
            link = links.find_link(session, secret, at)
            words = passwords.words_of(link.user)
            try:
                _check(password, again, words)
            except InvalidInput as error:
                return _form(request, link, error.errors)
        hashed = passwords.hash_password(password)  # slow: not while others wait to write
        with database(request).write() as session:
            link = links.find_link(session, secret, at)
            actor = Actor("user", link.user.id, link.user.name)
            links.use_link(session, link, actor, at)
            passwords.store(session, actor, link.user, hashed, at)
            session_secret, onward = arrive(request, session, link.user, at)
    except (NotFound, LinkSpent) as error:
        return _spent(request, error.status)
    response = see_other(onward)
    set_session(response, request.app.state.settings, session_secret)
    return response


@router.get(FORGOTTEN, summary="A forgotten password", responses=error_pages.declared(422))
@public
def get_forgotten(request: Request) -> Response:
    """Asks for the name to send a link to; without mail it says whom to ask instead."""
    is_sent = "terkirim" in request.query_params
    return page(
        request, "staff/forgot.html", mails=mail.is_on(request.app.state.settings), sent=is_sent, errors=[]
    )


@router.post(
    FORGOTTEN,
    status_code=303,
    summary="Ask for a link by mail",
    responses={303: {"description": "Sent, if there is such an account"}, **error_pages.declared(413, 422)},
)
@public
def post_forgotten(request: Request, login: Annotated[str, Form(max_length=200)] = "") -> Response:
    """The same answer whether or not there is such an account, and in the same time: all work comes after it."""
    if not mail.is_on(request.app.state.settings):
        return see_other(FORGOTTEN)
    if not login.strip():
        missing = FieldError("/login", "login_missing", "Isi nama pengguna atau alamat surel Anda.")
        return page(
            request,
            "staff/forgot.html",
            status=422,
            mails=True,
            sent=False,
            errors=forms.faults(request, (missing,)),
        )
    response = see_other(FORGOTTEN_SENT)
    response.background = BackgroundTask(_mail_link, request, login)
    return response


async def _mail_link(request: Request, login: str) -> None:
    """Two mails at once, so that a slow mail server leaves threads to the pages; too many are not sent."""
    waiting: CapacityLimiter | None = getattr(request.app.state, "mail_limiter", None)
    if waiting is None:
        waiting = request.app.state.mail_limiter = CapacityLimiter(MAILS_AT_ONCE)
    if waiting.statistics().tasks_waiting < MAILS_WAITING_MAX:
        await to_thread.run_sync(_make_and_mail, request, login, page_language(request), limiter=waiting)


def _make_and_mail(request: Request, login: str, language: str) -> None:
    at = now(request)
    settings = request.app.state.settings
    with database(request).write() as session:
        user = user_by_login(session, login)
        if user is None or user.id is None or not user.active or user.email is None:
            return
        if links.made_since(session, user.id, at - MAIL_PAUSE):
            return
        secret = links.make_link(session, SYSTEM, user, "reset", at)
        session.expunge(user)
    mail.deliver(settings, user, links.address_of(settings, secret), "reset", language)


def _check(password: str, again: str, words: list[str]) -> None:
    if password != again:
        raise InvalidInput(
            (FieldError("/again", "password_differs", "Kedua kata sandi tidak sama. Ketik ulang."),)
        )
    passwords.check(password, words)


def _form(request: Request, link: links.OpenLink, errors: tuple[FieldError, ...] = ()) -> Response:
    return page(
        request,
        "staff/link.html",
        status=422 if errors else 200,
        headers=SECRET_ADDRESS,
        purpose=link.purpose,
        name=link.user.name,
        full_name=link.user.full_name,
        errors=forms.faults(request, errors),
    )


def _spent(request: Request, status: int) -> Response:
    return page(
        request,
        "staff/link_spent.html",
        status=status,
        headers=SECRET_ADDRESS,
        mails=mail.is_on(request.app.state.settings),
    )
