"""Administration of people and tokens is for people: a program could give itself more than its token says."""

from typing import Annotated

from fastapi import Depends

from app.auth.guards import Administrator
from app.auth.principal import Principal
from app.core.errors import Forbidden


def _in_person(principal: Administrator) -> Principal:
    if principal.user_id is None:
        raise Forbidden
    return principal


AdministratorInPerson = Annotated[Principal, Depends(_in_person)]
"""An administrator in a signed-in browser; an API token is refused, whatever its role."""
