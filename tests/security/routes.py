"""All routes of an application with addresses at which they can be called."""

import re
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

# What stands for a parameter of a path, by its name; a place says more about a code.
_PARAMETERS = {"service": "nib", "format": "csv"}
_CODES = (
    ("/s/", "ptsp-nib-qr"),
    ("/points/", "ptsp-nib-qr"),
    ("/titik/", "ptsp-nib-qr"),
    ("/instrumen/", "skm-2017"),
)


def calls(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    """Method, address with its parameters filled, and path of every route."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            path = str(context.path)
            for method in sorted(context.original_route.methods or ()):
                yield method, _filled(path), path


def _filled(path: str) -> str:
    code = next((code for place, code in _CODES if place in path), "ptsp")

    def value(match: re.Match[str]) -> str:
        name = match[1].partition(":")[0]
        return code if name == "code" else _PARAMETERS.get(name, "1")

    return re.sub(r"\{([^}]+)\}", value, path)
