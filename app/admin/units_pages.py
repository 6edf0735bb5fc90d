"""`/kelola/unit`: the tree of units, and one unit with its services and survey points."""

from fastapi import APIRouter, Request, Response

from app.admin.figures import figure
from app.admin.unit_details import details_of
from app.admin.unit_tree import FOUND_MOST, tree_of
from app.auth import staff_pages
from app.auth.guards import AnyStaff
from app.core.session import ReadSession
from app.web.locale import page_language

router = APIRouter(include_in_schema=False)


@router.get("/kelola/unit")
def get_units(
    request: Request,
    principal: AnyStaff,
    session: ReadSession,
    unit: str | None = None,
    q: str = "",
    kabar: str = "",
) -> Response:
    """The units in scope, and the one that was chosen; without a choice the highest."""
    tree, language = tree_of(session, principal), page_language(request)
    chosen = tree.roots[0] if unit is None else tree.find(unit)
    matching = tree.matching(q) if q.strip() else None
    return staff_pages.page(
        request,
        "staff/units/units.html",
        section="units",
        tree=tree,
        chosen=chosen,
        is_chosen=unit is not None,
        opened={branch.code for branch in (*tree.roots, *chosen.path)},
        q=q.strip(),
        matching=None if matching is None else matching[:FOUND_MOST],
        found=0 if matching is None else len(matching),
        details=details_of(session, chosen, request.app.state.catalog, language),
        number=lambda value: figure(value, language),
        news=kabar,
    )
