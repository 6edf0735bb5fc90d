"""Who may change follow-ups, and forms with files that only they may send."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from app.auth.guards import staff
from app.auth.principal import Principal
from app.auth.roles import Role
from app.files.delivery import SentForm, posted

EDITS = frozenset({Role.ADMIN, Role.UNIT_HEAD})
Editor = Annotated[Principal, Depends(staff(EDITS))]


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who may change follow-ups, and the form that they sent."""

    principal: Principal
    form: SentForm


async def _sender(request: Request, principal: Editor) -> AsyncIterator[Sender]:
    """The guard comes first: of anybody else no byte of a file is taken in."""
    async with posted(request) as form:
        yield Sender(principal, form)


Sent = Annotated[Sender, Depends(_sender, scope="function")]
