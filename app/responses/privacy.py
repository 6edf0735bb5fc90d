"""`/privasi`: what becomes of an answer, in plain words (UU 27/2022, article 21: what must be told)."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.auth.guards import public
from app.responses.form_page import LANGUAGE
from app.web import templating
from app.web.locale import asked_language

router = APIRouter(tags=["pages"], default_response_class=HTMLResponse)
HOUR = {"Cache-Control": "public, max-age=3600"}


@router.get("/privasi", summary="What becomes of an answer", openapi_extra=LANGUAGE)
@public
def get_privacy(request: Request) -> Response:
    """The privacy page, with the times that this installation keeps things for."""
    settings = request.app.state.settings
    language = asked_language(request)
    return templating.page(
        request,
        "citizen/privacy.html",
        headers=HOUR,
        comments=settings.keep_comments_months,
        profile=settings.keep_profile_months,
        traces=settings.keep_traces_months,
        home=f"/?lang={language}" if language else "/",
    )
