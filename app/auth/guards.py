"""Guards: exactly one on every route. Deny by default is tested by walking all routes."""

from collections.abc import Callable, Collection
from typing import Annotated

from fastapi import Depends, Request

from app.auth import service
from app.auth.roles import EXPORTS_RAW, READS_RESULTS, Role
from app.auth.service import Principal
from app.core.errors import Forbidden, Unauthenticated
from app.core.guards import MARK as MARK
from app.core.guards import public as public
from app.core.session import database
from app.core.tokens import bearer


def staff(roles: Collection[Role]) -> Callable[[Request], Principal]:
    """A guard for whoever holds one of `roles` somewhere; the unit is checked by `units.scope`."""

    def guard(request: Request) -> Principal:
        secret = bearer(request.headers.get("authorization"))
        now = request.app.state.clock()
        if secret is None:
            raise Unauthenticated
        with database(request).read() as session:
            principal = service.recognise(session, secret, now)
        if principal is None:
            raise Unauthenticated
        if principal.use_unrecorded:
            with database(request).write() as session:
                service.note_use(session, principal.token_id, now)
        if principal.role not in roles:
            raise Forbidden
        return principal

    setattr(guard, MARK, "staff")
    return guard


ResultReader = Annotated[Principal, Depends(staff(READS_RESULTS))]
AnyStaff = Annotated[Principal, Depends(staff(frozenset(Role)))]
RawExporter = Annotated[Principal, Depends(staff(EXPORTS_RAW))]
