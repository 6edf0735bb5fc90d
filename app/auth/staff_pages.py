"""Pages for staff: the header with what the person may open, the language they chose, who they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.auth.principal import Principal
from app.auth.roles import EXPORTS_RAW, READS_RESULTS, Role
from app.web import templating
from app.web.locale import STAFF_LANGUAGE, asked_language

_EVERYBODY = frozenset(Role)
_ADMIN = frozenset({Role.ADMIN})
# Staff pages are never kept by a shared computer's cache, and never shown inside another site.
PRIVATE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the navigation: where it leads, what `section` a page names, who sees it.

    `whole`: only whoever holds one of the roles on a government as a whole.
    """

    section: str
    path: str
    roles: frozenset[Role]
    whole: bool = False

    def is_open_to(self, principal: Principal) -> bool:
        """Whether the place would let them in."""
        return any(one.role in self.roles and (one.whole or not self.whole) for one in principal.holdings)


# In the order of the header; their names are texts of `staff/base.html`.
NAVIGATION = (
    Entry("home", "/petugas", _EVERYBODY),
    Entry("comments", "/petugas/komentar", EXPORTS_RAW),
    Entry("followups", "/petugas/tindak-lanjut", READS_RESULTS),
    Entry("publications", "/petugas/publikasi", READS_RESULTS),
    Entry("pekppp", "/petugas/pekppp", READS_RESULTS),
    Entry("answers", "/kelola/jawaban", EXPORTS_RAW),
    Entry("exports", "/kelola/ekspor", EXPORTS_RAW),
    Entry("units", "/kelola/unit", _EVERYBODY),
    Entry("instruments", "/kelola/instrumen", _EVERYBODY),
    Entry("users", "/kelola/pengguna", _ADMIN),
    Entry("tokens", "/kelola/token", _ADMIN),
    Entry("webhooks", "/kelola/penerima", _ADMIN),
    Entry("audit", "/kelola/catatan", _ADMIN | {Role.EVALUATOR}),
    Entry("system", "/kelola/sistem", _ADMIN, whole=True),
)


# How many places stand in the header on a phone, a tablet and a desk; the others wait in its menu.
_IN_BAR = (1, 5, 9)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the header: `tier` 1 stands in its bar, 2 from a tablet's width on, 3 from a desk's, 4 never."""

    section: str
    path: str
    tier: int


def places_for(principal: Principal) -> tuple[Place, ...]:
    """What the header offers, in order; nobody has a menu on a desk for a single place."""
    entries = [entry for entry in NAVIGATION if entry.is_open_to(principal)]
    desk = len(entries) if len(entries) <= _IN_BAR[-1] + 1 else _IN_BAR[-1]
    limits = (*_IN_BAR[:-1], desk)
    return tuple(
        Place(entry.section, entry.path, 1 + sum(place >= limit for limit in limits))
        for place, entry in enumerate(entries)
    )


def page(
    request: Request,
    template: str,
    *,
    section: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response:
    """A staff page. `section` is the place in the navigation that it belongs to.

    Who is asking comes from the guard; without one (signing in) there is no navigation.
    """
    principal: Principal | None = getattr(request.state, "principal", None)
    response = templating.page(
        request,
        template,
        status=status,
        headers={**PRIVATE, **(headers or {})},
        navigation=places_for(principal) if principal is not None else (),
        section=section,
        who=None if principal is None else principal.actor.name,
        demonstration=getattr(request.app.state, "demonstration", False),
        **context,
    )
    return _remembering(request, response)


def see_other(location: str) -> Response:
    """After a post: where to look now. A reload there sends nothing again."""
    return RedirectResponse(location, status_code=303, headers=PRIVATE)


def _remembering(request: Request, response: Response) -> Response:
    """Keep the language that the address asks for, also on the next page."""
    language = asked_language(request)
    if language is not None:
        secure = request.app.state.settings.is_production
        response.set_cookie(
            STAFF_LANGUAGE, language, max_age=31_536_000, httponly=True, samesite="lax", secure=secure
        )
    return response
