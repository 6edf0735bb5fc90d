"""The application, put together from settings: lifespan, middleware, error handlers, routers."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
import structlog
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import ASGIApp, Receive, Scope, Send

from app import __version__
from app.aggregation import api as aggregation_api
from app.auth.keys import Keys
from app.core import health, logs, problems, secrets
from app.core.clock import Clock, utc_now
from app.core.db import Database
from app.core.hosts import Hosts
from app.core.proxies import ProxyMiddleware
from app.core.security import SecurityMiddleware, headers_of
from app.core.settings import Settings
from app.exports import api as exports_api
from app.kiosks import api as kiosks_api
from app.responses import api as responses_api
from app.responses import pages as responses_pages
from app.responses import tickets_api
from app.responses.catalog import registered_catalog
from app.responses.directory import Directory
from app.responses.doorway import BODY_BYTES_MAX, Doorway
from app.responses.intake import Intake
from app.responses.reception import Reception
from app.units import api as units_api
from app.web import handlers, static
from app.web.too_large import TooLargeMiddleware

log = structlog.get_logger(__name__)


class Service(FastAPI):
    """The framework, with layers around it that the framework has no place for."""

    def __init__(self, settings: Settings, **options: Any) -> None:
        super().__init__(**options)
        self._settings = settings
        self._hosts = Hosts(settings)
        self._doorway = Doorway(super().__call__, self.state, headers_of(settings), self._hosts.known)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            await self._doorway(scope, receive, send)
        except Exception as error:
            # The framework raises what it has answered once more for the server, which would log the error's
            # text: see `handlers`, which logs all of it but that.
            if not handlers.is_told(error):
                raise

    def build_middleware_stack(self) -> ASGIApp:
        """All layers of the long way, outermost first."""
        inner = TooLargeMiddleware(super().build_middleware_stack(), handlers.too_large)
        secured = SecurityMiddleware(inner, self._settings, self._hosts, handlers.refuse)
        return ProxyMiddleware(secured, self._settings.trusted_proxies)


def create_app(settings: Settings, clock: Clock = utc_now) -> FastAPI:
    """A service on the database of `settings`. Nothing is opened before its lifespan begins."""
    app = Service(
        settings,
        title="e-SKM",
        version=__version__,
        summary="Survei Kepuasan Masyarakat, PermenPANRB 14/2017",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        max_body_size=BODY_BYTES_MAX,
        telemetry={"tracing": False},
    )
    app.state.settings = settings
    app.state.clock = clock
    handlers.register(app)
    for module in (
        health,
        responses_api,
        kiosks_api,
        units_api,
        aggregation_api,
        exports_api,
        responses_pages,
        tickets_api,
    ):
        app.include_router(module.router)
    static.mount(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    logs.configure(settings.log_level)
    secret = secrets.load_or_create(settings.secret_key_file)
    database = Database(settings)
    try:
        catalog = registered_catalog(database, settings.surveys_dir)
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings.threads
        async with Intake(
            database, queue_limit=settings.queue_limit, batch_limit=settings.batch_limit
        ) as intake:
            app.state.database = database
            app.state.catalog = catalog
            app.state.keys = Keys(secret)
            app.state.reception = Reception(Directory(database, catalog), intake, secret, app.state.clock)
            gc.freeze()  # what start-up made stays: collections need not look at it again
            log.info("service.started", database=database.engine.dialect.name)
            yield
    finally:
        database.dispose()


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        components = schema.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = problems.SCHEMA
        components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        app.openapi_schema = schema
    return app.openapi_schema
