"""One person's page, also as the answer to a deed that was refused: there it says why."""

from collections.abc import Callable
from datetime import datetime

from fastapi import Request, Response
from sqlmodel import Session

from app.admin import people
from app.admin.territory import Territory, territory_of
from app.admin.wording import day, refusal
from app.auth import sessions
from app.auth.administration import Account, Authority, Reach, account_of
from app.auth.guards import lifetimes, now
from app.auth.principal import Principal
from app.auth.role_names import NARROW_FIRST, role_help, role_name
from app.auth.roles import Role
from app.auth.staff_pages import page, see_other
from app.core.errors import DomainError, NotFound
from app.core.session import database
from app.web.locale import local_time, page_language

Deed = Callable[[Session, Authority, Account, datetime], None]


def authority_of(principal: Principal, territory: Territory) -> Authority:
    """Who is acting, and on which units."""
    return Authority(principal.actor, territory.ids)


def act(request: Request, principal: Principal, user_id: int, deed: Deed, done: str) -> Response:
    """Do something to an account in one transaction; then its page, which says so, or says why it was refused."""
    try:
        with database(request).write() as session:
            authority = authority_of(principal, territory_of(session, principal))
            deed(session, authority, account_of(session, authority, user_id, change=True), now(request))
    except NotFound:
        raise
    except DomainError as error:
        return refused(request, principal, user_id, error)
    return see_other(f"/kelola/pengguna/{user_id}?done={done}")


def refused(request: Request, principal: Principal, user_id: int, error: DomainError) -> Response:
    """The person's page with the reason on top."""
    with database(request).read() as session:
        return show(request, session, principal, user_id, error=error)


def show(
    request: Request,
    session: Session,
    principal: Principal,
    user_id: int,
    *,
    done: str = "",
    error: DomainError | None = None,
) -> Response:
    """The page. Raises NotFound when nothing of the person lies in scope."""
    territory, language = territory_of(session, principal), page_language(request)
    account = account_of(session, authority_of(principal, territory), user_id)
    zone = territory.zone_of(account.user.unit_id)
    may_administer = account.reach is Reach.WHOLE
    running = sessions.open_sessions(session, user_id, now(request), lifetimes(request))
    return page(
        request,
        "staff/users/user.html",
        section="users",
        status=error.status if error else 200,
        user=account.user,
        state=people.state_of(account.user),
        reach=account.reach.value,
        home=territory.units.get(account.user.unit_id),
        grants=[
            (grant.id, role_name(Role(grant.role), language), territory.units[grant.unit_id])
            for grant in account.grants
        ],
        sessions=running if may_administer else [],
        roles=[(role.value, role_name(role, language)) for role in NARROW_FIRST],
        helps=[(role_name(role, language), role_help(role, language)) for role in NARROW_FIRST],
        units=territory.options(),
        errors=refusal(error, language) if error else [],
        done=done,
        day=lambda moment: day(moment, zone, language),
        moment=lambda moment: local_time(moment, zone, language),
    )
