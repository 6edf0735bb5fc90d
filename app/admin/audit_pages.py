"""`/kelola/catatan`: who did what, in words; as a file; and whether the record is whole."""

from collections.abc import Generator
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from babel.numbers import format_decimal
from fastapi import APIRouter, Depends, Form, Query, Request, Response
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.admin.audit_chains import ChainState, state_of, verified_details
from app.admin.audit_files import Codes, csv_head, csv_lines
from app.admin.audit_filter import Asked, Scope, key_of, key_text, scope_of, wanted
from app.admin.audit_words import words_for
from app.admin.wording import shown
from app.audit import queries
from app.audit.actions import actions
from app.audit.queries import Key, Wanted
from app.audit.service import INSTALLATION, record
from app.audit.verify import verify_chain
from app.auth import staff_pages
from app.auth.guards import now, staff
from app.auth.principal import Principal
from app.auth.roles import Role
from app.core.db import Database
from app.core.errors import FieldError, InvalidInput, NotFound
from app.core.session import ReadSession, database
from app.core.streams import Stream
from app.exports.cells import DIALECTS, Dialect, Locale
from app.units.tables import Unit
from app.web.locale import page_language

PATH = "/kelola/catatan"
LINES = 50
FILE_PORTION = 500
# So many of the newest lines are recomputed on request; all of them by the command.
VERIFIED_LINES = 20_000

router = APIRouter(prefix=PATH, include_in_schema=False)
Reader = Annotated[Principal, Depends(staff(frozenset({Role.ADMIN, Role.EVALUATOR})))]
Text = Annotated[str, Query(max_length=200)]


def _asked(
    unit: Text = "",
    person: Text = "",
    action: Text = "",
    since: Annotated[str, Query(alias="from", max_length=20)] = "",
    until: Annotated[str, Query(alias="to", max_length=20)] = "",
) -> Asked:
    return Asked(unit, person, action, since, until)


Filter = Annotated[Asked, Depends(_asked)]


@router.get("")
def get_record(
    request: Request, principal: Reader, session: ReadSession, asked: Filter, behind: Text = ""
) -> Response:
    """The newest deeds in scope, and where each chain stands."""
    scope = scope_of(session, principal)
    try:
        return _page(request, session, scope, asked, wanted(session, scope, asked), key_of(behind))
    except InvalidInput as error:
        return _page(request, session, scope, asked, None, None, errors=error.errors)


@router.get(".csv")
def get_file(request: Request, principal: Reader, asked: Filter, locale: Locale = "en") -> Stream:
    """All deeds that the filter leaves, newest first. That somebody took them away is one more of them."""
    at = now(request)
    with database(request).write() as session:
        scope = scope_of(session, principal)
        which = wanted(session, scope, asked)
        units = session.exec(select(Unit.id, Unit.code).where(col(Unit.id).in_(scope.territory.ids)))
        codes = Codes({id_: code for id_, code in units if id_ is not None})
        _record_file(session, principal, scope, asked, at)
    name = f'attachment; filename="catatan-{at:%Y-%m-%d}.csv"'
    lines = _stream(database(request), which, DIALECTS[locale], codes)
    return Stream(
        lines,
        lines.close,
        media_type="text/csv; charset=utf-8",
        headers={**staff_pages.PRIVATE, "Content-Disposition": name},
    )


@router.post("/periksa")
def post_verify(
    request: Request, principal: Reader, government: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Recompute the newest lines of a chain. The result is an entry itself, which the page then shows."""
    with database(request).read() as session:
        scope = scope_of(session, principal)
        chain = _chain(scope, government)
    verified = verify_chain(database(request), chain, newest=VERIFIED_LINES)
    details = verified_details(verified)
    unit_id = None if chain == INSTALLATION else chain
    try:
        with database(request).write() as session:
            record(
                session, principal.actor, "record.verified", now(request), unit_id=unit_id, details=details
            )
    except IntegrityError:
        # The chain is so damaged that nothing can be appended: it is told on the spot.
        with database(request).read() as session:
            which = wanted(session, scope, Asked())
            return _page(request, session, scope, Asked(), which, None, told={chain: details})
    return staff_pages.see_other(f"{PATH}#keutuhan")


def _page(
    request: Request,
    session: Session,
    scope: Scope,
    asked: Asked,
    which: Wanted | None,
    behind: Key | None,
    *,
    errors: tuple[FieldError, ...] = (),
    told: dict[int, dict[str, Any]] | None = None,
) -> Response:
    language = page_language(request)
    lines = queries.newest(session, which, behind, LINES + 1) if which else []
    words = words_for(session, language, scope.territory, lines)
    query = asked.query()
    older = urlencode({**query, "behind": key_text(lines[LINES - 1].key)}) if len(lines) > LINES else None
    names = sorted(
        ((code, action.name) for code, action in actions(language).items()), key=lambda one: one[1]
    )
    return staff_pages.page(
        request,
        "staff/audit.html",
        section="audit",
        status=422 if errors else 200,
        errors=shown(errors, language),
        asked=asked,
        filtered=bool(query),
        deeds=[words.deed(line) for line in lines[:LINES]],
        several=len(scope.chains) > 1,
        units=scope.territory.options(),
        actions=names,
        older=f"?{older}" if older else None,
        later=f"?{urlencode(query)}" if behind else None,
        file=f"{PATH}.csv?{urlencode({**query, 'locale': language})}",
        chains=_states(session, scope, language, told or {}),
        most=format_decimal(VERIFIED_LINES, locale=language),
    )


def _states(
    session: Session, scope: Scope, language: str, told: dict[int, dict[str, Any]]
) -> list[ChainState]:
    names = {unit.id: (unit.code, unit.name) for unit in scope.governments}
    return [
        state_of(session, scope, chain, *names.get(chain, ("", "")), language, told.get(chain))
        for chain in scope.chains
    ]


def _chain(scope: Scope, government: str) -> int:
    """The chain that somebody asks for by the code of its government; NotFound when they do not hold it."""
    if not government and scope.installation:
        return INSTALLATION
    found = next((unit.id for unit in scope.governments if unit.code == government), None)
    if found is None:
        raise NotFound
    return found


def _record_file(session: Session, principal: Principal, scope: Scope, asked: Asked, at: datetime) -> None:
    """At the unit that was asked for, otherwise at the topmost one in scope."""
    unit = scope.territory.by_code(asked.unit) if asked.unit else None
    topmost = unit or (scope.territory.levels[0][0] if scope.territory.levels else None)
    record(
        session,
        principal.actor,
        "record.exported",
        at,
        unit_id=topmost.id if topmost else None,
        details=dict(asked.query()),
    )


def _stream(reads: Database, which: Wanted, dialect: Dialect, codes: Codes) -> Generator[bytes]:
    """A portion is a transaction of its own: a slow reader holds nothing."""
    yield csv_head(dialect)
    behind: Key | None = None
    while True:
        with reads.read() as session:
            lines = queries.newest(session, which, behind, FILE_PORTION)
            text = csv_lines(lines, dialect, codes)
        yield text
        if len(lines) < FILE_PORTION:
            return
        behind = lines[-1].key
