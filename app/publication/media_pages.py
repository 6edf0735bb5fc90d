"""`/petugas/unit/{code}/media`: where results were shown, by publication; adding, looking, taking out."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response

from app.auth.forms import Shown as Faults
from app.auth.forms import refusal
from app.auth.guards import ResultReader, now
from app.auth.principal import Principal
from app.auth.staff_pages import page, see_other
from app.core.errors import DomainError, NotFound
from app.core.session import database
from app.files.delivery import BODY_BYTES_MOST
from app.files.tables import JPEG, PNG, WEBP
from app.followups.guards import EDITS, Editor, Sent
from app.publication import media, media_words, queries
from app.publication.dates import day_name
from app.publication.listing import Line, line
from app.publication.media_api import FIELDS, add_sent, check_now
from app.publication.tables import WEBSITE
from app.units.scope import covers, unit_in_scope
from app.web.locale import page_language

router = APIRouter(prefix="/petugas/unit/{code}/media", include_in_schema=False)
ACCEPT = ",".join((JPEG, PNG, WEBP))


@router.get("")
def get_media(
    code: str, request: Request, principal: ResultReader, kabar: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """The register, the newest publication first."""
    return _show(request, principal, code, news=kabar)


@router.post("", max_body_size=BODY_BYTES_MOST)
def post_medium(code: str, request: Request, sent: Sent) -> Response:
    """Write an appearance down; what is refused comes back as it was typed."""
    try:
        add_sent(request, sent, code)
    except NotFound:
        raise
    except DomainError as error:
        values = {name: sent.form.text(name) for name in FIELDS}
        errors = refusal(request, error, "berkas")
        return _show(request, sent.principal, code, errors=errors, values=values, status=error.status)
    return see_other(f"/petugas/unit/{code}/media?kabar=ditambah")


@router.post("/{medium_id}/periksa")
def post_check(code: str, medium_id: UUID, request: Request, principal: Editor) -> Response:
    """Look at the address now."""
    check_now(request, principal, code, medium_id)
    return see_other(f"/petugas/unit/{code}/media?kabar=diperiksa#media-{medium_id}")


@router.post("/{medium_id}/hapus")
def post_remove(code: str, medium_id: UUID, request: Request, principal: Editor) -> Response:
    """Take out what was entered by mistake."""
    with database(request).write() as session:
        unit = unit_in_scope(session, principal, code)
        media.remove(session, principal.actor, unit, medium_id, now(request))
    return see_other(f"/petugas/unit/{code}/media?kabar=dihapus")


def _show(
    request: Request,
    principal: Principal,
    code: str,
    *,
    errors: Faults | None = None,
    values: Mapping[str, str] | None = None,
    news: str = "",
    status: int = 200,
) -> Response:
    language = page_language(request)
    categories = request.app.state.catalog.categories
    whole: Principal = request.state.principal
    with database(request).read() as session:
        unit = unit_in_scope(session, principal, code)
        shown = media.media_of(session, unit.id or 0)
        published = queries.publications_of(session, unit.id or 0)
        lines = [line(one, categories, language) for one in published]
        groups = [
            (one, [_entry(entry, language) for entry in shown if entry.row.number == one.number])
            for one in lines
        ]
        bare = [one for one, entries in groups if not entries and not one.replaced_by]
        edits = covers(session, whole.limited(EDITS), unit.id or 0)
        today = now(request).astimezone(ZoneInfo(unit.timezone)).date()
        about = {"code": unit.code, "name": unit.name}
    return page(
        request,
        "staff/publication/media.html",
        section="publications",
        status=status,
        unit=about,
        groups=[group for group in groups if group[1]],
        bare=bare,
        numbers=[(one.number, _named(one)) for one in lines if not one.replaced_by],
        kinds=list(media_words.kinds(language).items()),
        edits=edits,
        errors=errors or [],
        values=values or _blank(request, code, _likely(lines), today.isoformat()),
        today=today.isoformat(),
        accept=ACCEPT,
        most=request.app.state.settings.upload_megabytes,
        news=news,
    )


def _blank(request: Request, code: str, number: str, today: str) -> dict[str, str]:
    """The form as it begins: the page on which this service shows the result, which shows all three."""
    address = f"{request.app.state.settings.public_url}/ikm/{code}"
    ticked = dict.fromkeys(media.SHOWN, "1")
    return {
        "number": number,
        "kind": WEBSITE,
        "shown_on": today,
        "place": "e-SKM",
        "address": address,
        **ticked,
    }


def _likely(lines: Sequence[Line]) -> str:
    """The number that the form begins with: the newest that counts, of the whole unit if there is one."""
    counting = [one.number for one in lines if not one.replaced_by and one.service is None]
    return next(iter([*counting, *(one.number for one in lines if not one.replaced_by)]), "")


def _named(one: Line) -> str:
    """A publication in a list of choices."""
    return ", ".join(part for part in (one.period, one.service, one.number) if part)


def _entry(entry: media.Shown, language: str) -> dict[str, object]:
    row = entry.row
    return {
        "id": row.id,
        "kind": media_words.kinds(language)[row.kind],
        "shown_on": day_name(row.shown_on, language),
        "place": row.place,
        "address": row.address,
        "photo": row.photo_id,
        "shows": [getattr(row, name) for name in media.SHOWN],
        "counts": entry.is_complete,
        "reachable": entry.is_reachable,
        "found": media_words.found(entry, language),
        "checked_on": day_name(row.checked_at.date(), language) if row.checked_at else None,
    }
