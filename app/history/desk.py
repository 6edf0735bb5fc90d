"""What the pages of history share: who may import, forms with a file, the rules, services by id."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from app.auth.guards import staff
from app.auth.principal import Principal
from app.auth.roles import Role
from app.core.errors import NotFound
from app.files.delivery import SentForm, posted
from app.history.wording import Words
from app.instruments.rules import Rule, rules_of
from app.units.queries import services_of
from app.units.tables import Unit
from app.web.locale import page_language

IMPORTS = frozenset({Role.ADMIN, Role.UNIT_HEAD})
Importer = Annotated[Principal, Depends(staff(IMPORTS))]


async def _sent(request: Request) -> AsyncIterator[SentForm]:
    async with posted(request) as form:
        yield form


Sent = Annotated[SentForm, Depends(_sent)]


def rules(request: Request) -> Mapping[str, Rule]:
    """The rules of this installation."""
    return rules_of(request.app.state.settings.surveys_dir)


def words(request: Request) -> Words:
    """Words for the reader of this request."""
    return Words(page_language(request), request.app.state.catalog, rules(request))


def service_names(session: Session, unit: Unit) -> dict[int | None, tuple[str, str]]:
    """Code and name of the unit's services by id."""
    return {one.id: (one.code, one.name) for one in services_of(session, [id_of(unit)])}


def version_of(text: str) -> int | None:
    """Which state a form was opened on; None when it does not say."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def id_of(unit: Unit) -> int:
    """The id of a unit that came from the database."""
    if unit.id is None:
        raise NotFound
    return unit.id
