"""`/kelola/instrumen`: the questionnaires, and one version with all its texts. Read-only: they are files."""

from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from app.admin.figures import figure
from app.admin.instrument_usage import Version, users_of, versions
from app.auth import staff_pages
from app.auth.guards import AnyStaff
from app.auth.principal import Principal
from app.core.errors import NotFound
from app.core.session import ReadSession
from app.ikm.weights import LEGACY_ELEMENTS
from app.instruments.model import Categories, Instrument, in_language
from app.units.registry_rows import DEFAULT_ZONE
from app.web.locale import page_language

router = APIRouter(prefix="/kelola/instrumen", include_in_schema=False)


@router.get("")
def get_instruments(request: Request, principal: AnyStaff, session: ReadSession) -> Response:
    """All questionnaires with their versions."""
    return _page(request, "list", versions=_versions(request, session, principal))


@router.get("/{instrument}/{version}")
def get_instrument(
    instrument: str, version: int, request: Request, principal: AnyStaff, session: ReadSession
) -> Response:
    """One version: its questions in the order they are asked, what makes its figures, and who uses it."""
    found = {
        (one.instrument.id, one.instrument.version): one for one in _versions(request, session, principal)
    }
    if (instrument, version) not in found:
        raise NotFound
    shown = found[instrument, version]
    return _page(
        request,
        "instrument",
        version=shown,
        instrument=shown.instrument,
        others=[one for key, one in found.items() if key[0] == instrument and key[1] != version],
        categories=_categories(request, shown.instrument),
        users=users_of(session, principal, instrument) if shown.state == "current" else [],
        elements=len(shown.instrument.elements),
        legacy=len(shown.instrument.elements) == LEGACY_ELEMENTS,
    )


def _versions(request: Request, session: Session, principal: Principal) -> list[Version]:
    state = request.app.state
    return versions(session, principal, state.catalog, state.settings.surveys_dir)


def _categories(request: Request, instrument: Instrument) -> Categories | None:
    found: Categories | None = request.app.state.catalog.categories.get(instrument.categories)
    return found


def _page(request: Request, name: str, **context: Any) -> Response:
    language = page_language(request)
    return staff_pages.page(
        request,
        f"staff/instruments/{name}.html",
        section="instruments",
        said=lambda text: in_language(text, language),
        number=lambda value: figure(value, language),
        day=lambda at: format_date(at.astimezone(ZoneInfo(DEFAULT_ZONE)), "d MMMM y", locale=language),
        **context,
    )
