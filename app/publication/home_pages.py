"""`/`: published results of all units, and the way to their forms."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from app.auth.guards import public
from app.core.session import ReadSession
from app.publication.home import home_of
from app.responses.form_page import LANGUAGE
from app.web import templating
from app.web.locale import asked_language, page_language

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)


@router.get("/", summary="Start page", openapi_extra=LANGUAGE)
@public
def get_home(
    request: Request,
    session: ReadSession,
    q: Annotated[str, Query(max_length=100, description="part of a unit's or service's name")] = "",
) -> Response:
    """What units published last, and the units that can be judged."""
    language = asked_language(request)
    found = home_of(session, request.app.state.catalog.categories, page_language(request), q)
    kept = f"?lang={language}" if language else ""
    return templating.page(request, "home.html", home=found, governments=found.governments, kept=kept)
