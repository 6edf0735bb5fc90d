"""House rule: deny by default. Every route says who may use it, exactly once."""

from collections.abc import Iterator

from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.core.guards import MARK, public
from app.core.settings import Settings
from app.factory import create_app

GUARDS = {"public", "staff", "person", "kiosk"}
# Made by the framework or an application of its own: the description of the API, files from memory.
WITHOUT_ENDPOINT = {"/openapi.json", "/static"}


def guards_of(route: APIRoute) -> list[str]:
    """The marks on the endpoint and on everything that it depends on."""
    marks = [getattr(call, MARK) for call in calls(route.dependant) if hasattr(call, MARK)]
    return [*([getattr(route.endpoint, MARK)] if hasattr(route.endpoint, MARK) else []), *marks]


def calls(dependant: Dependant) -> Iterator[object]:
    for one in dependant.dependencies:
        yield one.call
        yield from calls(one)


def unguarded(app: FastAPI) -> list[str]:
    """Routes that do not carry exactly one known guard."""
    found = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            guards = guards_of(route)
            if len(guards) != 1 or not GUARDS.issuperset(guards):
                found.append(f"{sorted(route.methods or ())} {context.path}: {guards}")
        elif context.path not in WITHOUT_ENDPOINT:
            found.append(f"{context.path}: no route of ours")
    return found


def application() -> FastAPI:
    return create_app(Settings(database_url="sqlite:///:memory:"))


def test_every_route_carries_exactly_one_guard() -> None:
    assert unguarded(application()) == []


def test_the_walk_sees_the_whole_tree() -> None:
    paths = {context.path for context in iter_route_contexts(application().routes)}
    assert paths >= {
        "/healthz",
        "/readyz",
        "/api/v1/responses",
        "/api/v1/points/{code}",
        "/api/v1/kiosk/batches",
        "/api/v1/kiosk/heartbeat",
        "/api/v1/units",
        "/api/v1/units/{code}",
        "/api/v1/units/{code}/ikm",
        "/api/v1/units/{code}/ikm/trend",
        "/api/v1/units/{code}/ikm/breakdown",
        "/api/v1/ikm",
        "/s/{code}",
    }


def test_who_may_use_what() -> None:
    found = {
        context.path: guards_of(context.original_route)[0]
        for context in iter_route_contexts(application().routes)
        if isinstance(context.original_route, APIRoute)
    }
    for path, guard in found.items():
        if path.startswith("/api/v1/kiosk/") and not path.endswith("/pair"):
            assert guard == "kiosk", path
        elif path.startswith(("/api/v1/units", "/api/v1/ikm", "/petugas", "/kelola/")):
            assert guard == "staff", path
        elif path.startswith("/akun") and not path.startswith("/akun/tautan/"):
            assert guard == "person", path
        elif path in ("/healthz", "/readyz", "/", "/api/v1/responses") or path.startswith("/s/"):
            assert guard == "public", path


def test_the_rule_sees_a_route_without_a_guard_and_one_with_two() -> None:
    app = application()

    @app.get("/open")
    def forgotten() -> None: ...

    staff = next(one.original_route for one in iter_route_contexts(app.routes) if one.path == "/api/v1/units")
    assert isinstance(staff, APIRoute)
    app.add_api_route("/both", public(lambda: None), dependencies=staff_dependencies(staff))
    assert unguarded(app) == ["['GET'] /open: []", "['GET'] /both: ['public', 'staff']"]


def staff_dependencies(route: APIRoute) -> list[object]:
    guard = next(call for call in calls(route.dependant) if hasattr(call, MARK))
    return [Depends(guard)]
