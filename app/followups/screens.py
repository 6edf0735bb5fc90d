"""All pages about follow-ups in one router, in the order in which their addresses are tried."""

from fastapi import APIRouter

from app.followups import deed_pages, list_pages, plan_pages, register_pages

router = APIRouter()
for module in (list_pages, register_pages, plan_pages, deed_pages):  # the address of one follow-up comes last
    router.routes.extend(module.router.routes)
