"""What the forms for units, services and survey points have in common: how they come back when refused."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from app.admin.registry_edits import Found
from app.admin.registry_form import Refused, Sent
from app.admin.wording import shown
from app.auth import staff_pages
from app.web.locale import page_language

VERSION = "versi"
"""The hidden field that says which state of a thing a form was opened on."""


def show(
    request: Request,
    template: str,
    values: Mapping[str, object],
    *,
    found: Found | None = None,
    refused: Refused | None = None,
    changed: Mapping[str, object] | None = None,
    **context: Any,
) -> Response:
    """A form. `refused` puts errors beside its fields; `changed` is what is stored now and differs from them."""
    status = 409 if changed is not None else 422 if refused is not None else 200
    return staff_pages.page(
        request,
        template,
        section="units",
        status=status,
        values=values,
        version=found.mark if found is not None else "",
        stored_code=found.entry.code if found is not None else "",
        active=found is None or found.entry.active,
        errors=shown(refused.errors, page_language(request)) if refused is not None else [],
        changed=changed,
        **context,
    )


def changed_meanwhile(
    found: Found, sent: Sent, stored: Mapping[str, object], values: Mapping[str, object]
) -> Mapping[str, object] | None:
    """None when nobody was faster; else what is stored now wherever it differs from what was sent."""
    if sent.text(VERSION) == found.mark:
        return None
    return {name: value for name, value in stored.items() if value != values[name]}
