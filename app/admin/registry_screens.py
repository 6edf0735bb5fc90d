"""All screens for units, services, survey points, the registry file and questionnaires."""

from fastapi import APIRouter

from app.admin import (
    import_pages,
    instruments_pages,
    point_forms,
    points_pages,
    service_forms,
    unit_forms,
    units_pages,
)

router = APIRouter()
for module in (
    units_pages,
    unit_forms,
    service_forms,
    point_forms,
    points_pages,
    import_pages,
    instruments_pages,
):
    router.routes.extend(module.router.routes)
