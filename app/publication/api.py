"""Publications over HTTP: signed files and keys for everybody, publishing for whoever heads a unit."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app.aggregation.parameters import parse_period
from app.aggregation.results import stored_id
from app.auth.guards import now, public, staff
from app.auth.principal import Principal
from app.auth.roles import Role
from app.core.errors import InvalidInput, NotFound
from app.core.problems import declared
from app.core.session import ReadSession, database
from app.publication import caching, queries, schemas
from app.publication.errors import NotCurrent
from app.publication.numbers import parse
from app.publication.queries import PAGE_ROWS
from app.publication.schemas import (
    KeysOut,
    PublicationIn,
    PublicationOut,
    PublicationsOut,
    SignedPublicationOut,
)
from app.publication.service import Correction, draft, issue
from app.units import queries as units
from app.units.scope import unit_in_scope
from app.units.tables import Unit

router = APIRouter(prefix="/api/v1", tags=["publications"])

PUBLISHES = frozenset({Role.ADMIN, Role.UNIT_HEAD})
Publisher = Annotated[Principal, Depends(staff(PUBLISHES))]
PAGES_MAX = 100_000


@router.get("/publications", summary="What was published", responses=declared(422))
@public
def get_publications(
    request: Request,
    response: Response,
    session: ReadSession,
    unit: Annotated[str | None, Query(description="code of a unit; its own publications only")] = None,
    period: Annotated[str | None, Query(description="code of the period, such as 2026-Q3")] = None,
    page: Annotated[int, Query(ge=1, le=PAGES_MAX)] = 1,
) -> PublicationsOut:
    """Newest period first, corrected ones too. A unit that does not exist has published nothing."""
    found = units.unit_by_code(session, unit) if unit is not None else None
    rows = queries.listed(
        session,
        unit_ids=None if unit is None else [stored_id(found)] if found else [],
        period=None if period is None else parse_period(period).code,
        limit=PAGE_ROWS + 1,
        offset=(page - 1) * PAGE_ROWS,
    )
    response.headers.update(caching.PUBLIC)
    url = request.app.state.settings.public_url
    return PublicationsOut(
        publications=[schemas.out(one, url) for one in rows[:PAGE_ROWS]],
        next=page + 1 if len(rows) > PAGE_ROWS else None,
    )


@router.get(
    "/publications/{number}",
    summary="A signed publication",
    response_model=SignedPublicationOut,
    responses={304: {"description": "Not changed"}, **declared(404, 422)},
)
@public
def get_publication(request: Request, session: ReadSession, number: str) -> Response:
    """The signed file, for ever the same. `Link` names the correction, where there is one, and the page.

    The number in the address has hyphens for slashes: `SKM-kota-contoh-2026-0007`.
    """
    publication = queries.by_number(session, number)
    if publication is None:
        raise NotFound
    unit = session.get_one(Unit, publication.unit_id).code
    newer = queries.replacement_of(session, publication.number)
    links = [f'<{schemas.page_path(unit, publication.number)}>; rel="describedby"']
    if newer is not None:
        links.append(f'<{schemas.file_path(newer)}>; rel="successor-version"')
    content = json.dumps(
        queries.signed(session, publication).file(), ensure_ascii=False, separators=(",", ":")
    )
    return caching.file(
        request, content.encode(), "application/json", {**caching.PUBLIC, "Link": ", ".join(links)}
    )


@router.get("/publication-keys", summary="The keys that sign")
@public
def get_keys(response: Response, session: ReadSession) -> KeysOut:
    """Public keys of all governments here, retired ones too."""
    response.headers.update(caching.PUBLIC)
    return KeysOut(keys=[schemas.key_out(key, government) for key, government in queries.keys_of(session)])


@router.post(
    "/units/{code}/publications",
    status_code=201,
    summary="Publish a result",
    responses=declared(401, 403, 404, 409, 422),
)
def post_publication(
    request: Request, response: Response, principal: Publisher, code: str, wanted: PublicationIn
) -> PublicationOut:
    """Freeze, number and sign the result of a unit or of one of its services. With `replaces` it corrects."""
    state = request.app.state
    at = now(request)
    with database(request).read() as session:
        unit = unit_in_scope(session, principal, code)
        correction = _correction(wanted)  # whose unit it is not learns nothing else than that
        service = None
        if wanted.service is not None:
            service = units.service_by_code(session, stored_id(unit), wanted.service)
            if service is None:
                raise NotFound
        prepared = draft(
            session,
            state.catalog,
            unit,
            parse_period(wanted.period),
            at,
            service=service,
            instrument=wanted.instrument,
        )
    url = state.settings.public_url
    with database(request).write() as session:
        publication = issue(
            session, state.keys, principal.actor, prepared, at, public_url=url, correction=correction
        )
        shown = schemas.out(queries.Listed(publication, unit, service, None), url)
    response.headers["Location"] = schemas.file_path(shown.number)
    return shown


def _correction(wanted: PublicationIn) -> Correction | None:
    if wanted.replaces is None:
        if wanted.reason is not None:
            raise InvalidInput
        return None
    number = parse(wanted.replaces)
    if number is None:
        raise NotCurrent
    return Correction(number, wanted.reason or "")
