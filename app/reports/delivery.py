"""Posters as a response, for pages and for programs."""

from fastapi import Request, Response

from app.auth.guards import now
from app.reports.logo import logo
from app.reports.posters import PosterFormat, posters_pdf
from app.reports.queries import Posters

PDF = "application/pdf"


def poster_file(request: Request, posters: Posters, form: PosterFormat, *names: str | None) -> Response:
    """The file; `names` are the codes that its own name is made of. No database connection is held meanwhile."""
    settings = request.app.state.settings
    content = posters_pdf(posters, form, settings.public_url, now(request), logo(settings.logo_file))
    name = "-".join(["poster", *(one for one in names if one), form])
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(content, media_type=PDF, headers=headers)
