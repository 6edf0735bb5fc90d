"""The register of media over HTTP: `/api/v1/units/{code}/media`."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.auth.guards import ResultReader, now
from app.auth.principal import Principal
from app.core.errors import FieldError, InvalidInput
from app.core.problems import declared
from app.core.session import ReadSession, database
from app.files.delivery import BODY_BYTES_MOST, keep_all
from app.files.service import FIELD
from app.followups.guards import Editor, Sender, Sent
from app.publication import media
from app.publication.media import SHOWN, Shown
from app.publication.tables import MEDIA
from app.units.scope import unit_in_scope

router = APIRouter(prefix="/api/v1/units/{code}/media", tags=["media"])
FIELDS = ("number", "kind", "shown_on", "place", "address", *SHOWN)
_TEXT = {"type": "string"}
_TICKED = {"type": "string", "enum": ["0", "1"], "default": "0"}
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["number", "kind", "shown_on", "place"],
                    "properties": {
                        "number": _TEXT,
                        "kind": {"type": "string", "enum": list(MEDIA)},
                        "shown_on": {"type": "string", "format": "date"},
                        "place": _TEXT,
                        "address": _TEXT,
                        **dict.fromkeys(SHOWN, _TICKED),
                        FIELD: {"type": "string", "format": "binary"},
                    },
                }
            }
        },
    }
}


class MediumOut(BaseModel):
    """An appearance. `counts`: it shows method, process and result. `reachable` is null until somebody looked."""

    id: UUID
    number: str
    kind: Literal["print", "electronic", "social", "website", "application", "billboard"]
    shown_on: date
    place: str
    address: str | None
    photo: str | None
    shows_method: bool
    shows_process: bool
    shows_result: bool
    counts: bool
    checked_at: datetime | None
    reachable: bool | None
    status: int | None
    reason: str | None


class MediaOut(BaseModel):
    """The register of a unit, the newest appearance first."""

    unit: str
    media: list[MediumOut]


@router.get("", summary="Where results were shown", responses=declared(401, 403, 404, 422))
def get_media(code: str, principal: ResultReader, session: ReadSession) -> MediaOut:
    """Every appearance of a publication that staff wrote down."""
    unit = unit_in_scope(session, principal, code)
    return MediaOut(
        unit=unit.code, media=[_out(one, unit.code) for one in media.media_of(session, unit.id or 0)]
    )


@router.post(
    "",
    status_code=201,
    summary="Write down where a result was shown",
    max_body_size=BODY_BYTES_MOST,
    openapi_extra=_FORM,
    responses=declared(400, 401, 403, 404, 413, 422, 503),
)
def post_medium(code: str, request: Request, sent: Sent) -> MediumOut:
    """A form with the publication's number, and an address, a photo in the field `berkas`, or both."""
    return _out(add_sent(request, sent, code), code)


@router.post("/{medium_id}/check", summary="Look at an address", responses=declared(401, 403, 404, 422))
def post_check(code: str, medium_id: UUID, request: Request, principal: Editor) -> MediumOut:
    """Ask for the page now, for ten seconds and five redirects at most, never inside a private network."""
    return _out(check_now(request, principal, code, medium_id), code)


def add_sent(request: Request, sent: Sender, code: str) -> Shown:
    """Keep the photo durably first, then write the appearance down. Raises NotFound, InvalidInput."""
    private, form = request.app.state.settings.webhooks_private, sent.form
    with database(request).read() as session:
        unit_id = unit_in_scope(session, sent.principal, code).id or 0
    if len(form.files) > 1:
        raise InvalidInput((FieldError(f"/{FIELD}", "file_missing", "Kirim tepat satu berkas."),))
    kept = keep_all(request, unit_id, form.files)
    values = {name: form.text(name) for name in FIELDS}
    with database(request).write() as session:
        unit = unit_in_scope(session, sent.principal, code)
        photo = kept[0] if kept else None
        shown = media.add(session, sent.principal.actor, unit, values, photo, now(request), private=private)
        session.flush()
        session.expunge_all()
    return shown


def check_now(request: Request, principal: Principal, code: str, medium_id: UUID) -> Shown:
    """Look at the address of a medium; no connection to the database is held meanwhile."""
    with database(request).read() as session:
        unit = unit_in_scope(session, principal, code)
        address = media.address_of(session, unit.id or 0, medium_id)
    found = media.look(address, private=request.app.state.settings.webhooks_private)
    with database(request).write() as session:
        unit = unit_in_scope(session, principal, code)
        shown = media.note_look(session, principal.actor, unit, medium_id, found, now(request))
        session.flush()
        session.expunge_all()
    return shown


def _out(shown: Shown, code: str) -> MediumOut:
    row = shown.row
    return MediumOut.model_validate(
        {
            **row.model_dump(include=set(MediumOut.model_fields)),
            "photo": f"/api/v1/units/{code}/files/{row.photo_id}" if row.photo_id else None,
            "counts": shown.is_complete,
            "reachable": shown.is_reachable,
            "status": row.check_status,
            "reason": row.check_error,
        }
    )
