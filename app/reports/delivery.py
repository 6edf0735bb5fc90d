"""Posters as a response, for pages and for programs."""

from fastapi import Request, Response

from app.audit.service import record
from app.auth.guards import now
from app.auth.principal import Principal
from app.core.session import database
from app.reports.logo import logo
from app.reports.posters import PosterFormat, posters_pdf
from app.reports.queries import Posters

PDF = "application/pdf"


def poster_file(
    request: Request,
    principal: Principal,
    unit_id: int | None,
    posters: Posters,
    form: PosterFormat,
    *names: str | None,
) -> Response:
    """The file; `names` are the codes that its own name is made of. Whoever takes the unit's posters is recorded.

    No database connection is held while they are set.
    """
    settings = request.app.state.settings
    content = posters_pdf(posters, form, settings.public_url, now(request), logo(settings.logo_file))
    name = "-".join(["poster", *(one for one in names if one), form])
    with database(request).write() as session:
        details = {"file": f"{name}.pdf", "posters": len(posters.points)}
        record(session, principal.actor, "document.fetched", now(request), unit_id=unit_id, details=details)
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(content, media_type=PDF, headers=headers)
