"""The application, put together from settings: lifespan, middleware, error handlers, routers."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import anyio.to_thread
import structlog
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import ASGIApp, Receive, Scope, Send

from app import __version__
from app.admin import (
    answers_pages,
    audit_pages,
    home_pages,
    registry_screens,
    setup,
    setup_pages,
    system_pages,
    tokens_pages,
    user_change_pages,
    user_pages,
    users_pages,
    webhooks_pages,
)
from app.aggregation import api as aggregation_api
from app.aggregation import comparisons_api
from app.audit.service import SYSTEM
from app.auth import account_pages, demonstration, factor_pages, link_pages, mail, oidc, oidc_pages, startup
from app.auth import pages as auth_pages
from app.auth.keys import Keys
from app.comments import api as comments_api
from app.comments import backlog, comment_pages, priorities_api, topic_pages
from app.comments import pages as comments_pages
from app.core import health, hosts, logs, problems, secrets
from app.core.chores import Chore, Chores
from app.core.clock import Clock, utc_now
from app.core.db import Database
from app.core.examples import add_examples
from app.core.hosts import Hosts
from app.core.proxies import ProxyMiddleware
from app.core.security import SAFE_METHODS, SecurityMiddleware, headers_of
from app.core.settings import Settings
from app.dashboard import government_pages, unit_pages
from app.exports import api as exports_api
from app.exports import jobs_api as export_jobs_api
from app.exports import pages as export_pages
from app.exports.runner import Runner
from app.files import api as files_api
from app.files.storage import open_storage
from app.followups import api as followups_api
from app.followups import screens as followups_screens
from app.history import api as history_api
from app.history import import_pages as history_import_pages
from app.history import pages as history_pages
from app.history import trend_api
from app.kiosks import api as kiosks_api
from app.letters import pages as letters_pages
from app.letters import service as letters
from app.pekppp import api as pekppp_api
from app.pekppp import pages as pekppp_pages
from app.plans import api as plans_api
from app.plans import form_pages as plan_form_pages
from app.plans import pages as plans_pages
from app.plans import reminders
from app.publication import api as publication_api
from app.publication import (
    feed_pages,
    media_api,
    media_pages,
    public_pages,
    publishing_pages,
    thanks_pages,
    verification_pages,
)
from app.publication import (
    home_pages as public_home_pages,
)
from app.reports import api as reports_api
from app.reports import documents_api, result_pages
from app.reports import pages as reports_pages
from app.responses import api as responses_api
from app.responses import offline, privacy, tickets_api
from app.responses import pages as responses_pages
from app.responses.arrivals import Arrivals
from app.responses.catalog import registered_catalog
from app.responses.directory import Directory
from app.responses.doorway import BODY_BYTES_MAX, Doorway
from app.responses.intake import Intake
from app.responses.reception import Reception
from app.units import api as units_api
from app.web import error_pages, handlers, static
from app.web.too_large import TooLargeMiddleware
from app.webhooks import api as webhooks_api
from app.webhooks import delivery, detection

log = structlog.get_logger(__name__)


class Service(FastAPI):
    """The framework, with layers around it that the framework has no place for."""

    def __init__(self, settings: Settings, **options: Any) -> None:
        super().__init__(**options)
        self._settings = settings
        self._hosts = Hosts(settings)
        doorway = Doorway(super().__call__, self.state, headers_of(settings), self._hosts.known)
        self._entrance = ProxyMiddleware(doorway, settings.trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            await self._entrance(scope, receive, send)
        except Exception as error:
            # The framework raises what it has answered once more for the server, which would log the error's
            # text: see `handlers`, which logs all of it but that.
            if not handlers.is_told(error):
                raise

    def build_middleware_stack(self) -> ASGIApp:
        """All layers of the long way, outermost first."""
        inner = TooLargeMiddleware(super().build_middleware_stack(), handlers.too_large)
        return SecurityMiddleware(inner, self._settings, self._hosts, handlers.refuse)


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
        registry_screens,
        aggregation_api,
        comparisons_api,
        priorities_api,
        files_api,
        followups_api,
        followups_screens,
        history_api,
        trend_api,
        history_pages,
        history_import_pages,
        plans_api,
        plan_form_pages,
        plans_pages,
        exports_api,
        export_jobs_api,
        export_pages,
        reports_api,
        documents_api,
        letters_pages,
        reports_pages,
        result_pages,
        publication_api,
        feed_pages,
        public_pages,
        verification_pages,
        public_home_pages,
        thanks_pages,
        publishing_pages,
        media_api,
        media_pages,
        pekppp_api,
        pekppp_pages,
        offline,  # before the form of a point: its addresses look like one
        responses_pages,
        auth_pages,
        account_pages,
        factor_pages,
        tickets_api,
        privacy,
        webhooks_api,
        answers_pages,
        comments_api,
        comments_pages,
        topic_pages,  # before single comments: its address looks like one
        comment_pages,
        link_pages,
        oidc_pages,
        setup_pages,
        home_pages,
        unit_pages,
        government_pages,
        users_pages,
        user_pages,
        user_change_pages,
        tokens_pages,
        webhooks_pages,
        audit_pages,
        system_pages,
    ):
        # The routes themselves: an included router builds each of them once more, at the first request (0.3 s).
        app.router.routes.extend(module.router.routes)
    static.mount(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    logs.configure(settings.log_level)
    startup.check_settings(settings)
    secret = secrets.load_or_create(settings.secret_key_file)
    startup.check_secrets(settings)
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
            app.state.files = open_storage(settings.files_url)
            app.state.identity_provider = oidc.provider_of(settings)
            with database.read() as session:
                startup.check_people(session, settings)
                setup.announce(session, app.state.keys, settings)
                app.state.demonstration = demonstration.demonstration(session)
            arrivals = Arrivals(settings.answers_per_minute, settings.answers_at_once)
            app.state.reception = Reception(
                Directory(database, catalog), intake, secret, app.state.clock, arrivals
            )
            gc.freeze()  # what start-up made stays: collections need not look at it again
            log.info("service.started", database=database.engine.dialect.name)
            app.state.exports = Runner(database, catalog, settings, app.state.clock)
            with Chores(database, _chores(app), app.state.clock, settings.chores_seconds), app.state.exports:
                yield
    finally:
        gc.unfreeze()
        database.dispose()


def _chores(app: FastAPI) -> tuple[Chore, ...]:
    """What is done beside the requests, and how often."""
    state = app.state
    private = state.settings.webhooks_private

    def deliver(_: datetime) -> object:
        return delivery.deliver(state.database, state.keys, state.clock, private=private)

    def write(now: datetime) -> object:
        return letters.make_due(state.database, state.catalog, state.settings, SYSTEM, now)

    def sort(_: datetime) -> object:
        return backlog.work_off(state.database, portions=backlog.PORTIONS_A_TURN)

    def remind(now: datetime) -> object:
        return (
            reminders.send(state.database, state.settings, SYSTEM, now) if mail.is_on(state.settings) else ()
        )

    def tell(now: datetime) -> object:
        return detection.tell_news(state.database, state.catalog, now)

    def look(now: datetime) -> object:
        return detection.tell_findings(state.database, state.catalog, now)

    return (
        Chore("comments.sort", timedelta(minutes=1), sort),
        Chore("letters", timedelta(minutes=10), write),
        Chore("plans.remind", timedelta(hours=6), remind),
        Chore("webhooks.tell", timedelta(minutes=2), tell),
        Chore("webhooks.look", timedelta(hours=6), look),
        Chore("webhooks.deliver", timedelta(seconds=10), deliver),
    )


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        _declare_early_refusals(schema)
        add_examples(schema)
        components = schema.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = problems.SCHEMA
        components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
        _say_where_a_token_is_wanted(schema)
        app.openapi_schema = schema
    return app.openapi_schema


def _say_where_a_token_is_wanted(schema: dict[str, Any]) -> None:
    """Generated clients send their token where the description asks for it."""
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            if path.startswith("/api/") and "401" in operation["responses"]:
                operation["security"] = [{"bearer": []}]


def _declare_early_refusals(schema: dict[str, Any]) -> None:
    """What `core.security` answers before any route is reached, beside what each route declares by itself."""
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            # Load balancers know an address and no name: two addresses may be asked under any.
            statuses: tuple[int, ...] = (414, 431) if path in hosts.EXEMPT else (400, 414, 431)
            if method.upper() not in SAFE_METHODS:
                statuses += (403,)
            is_page = any("text/html" in one.get("content", ()) for one in operation["responses"].values())
            declared = error_pages.declared(*statuses) if is_page else problems.declared(*statuses)
            for status, response in declared.items():
                operation["responses"].setdefault(str(status), response)
