"""Whoever holds one unit learns nothing of its sibling, whatever is asked for: generated requests, every role."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.specs.openapi.checks import status_code_conformance
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.auth.tables import User
from tests.security.routes import calls

BACKENDS = ("sqlite",)  # scopes are the same statements on both

# `ptsp` is held. What is above and beside it, and words that stand nowhere else.
OUTSIDE = ["timur", "timur-cabang", "kota"]
SECRETS = ["timur", "cabang", "salinan", "saksi mata", "budi.timur"]
PUBLIC = ("/api/v1/responses", "/api/v1/points", "/api/v1/kiosk", "/healthz", "/readyz", "/s/", "/openapi")
QUERY = "?period=2026&under=kota&lang=en&unit=timur&induk=timur&halaman=1"
SEARCH = "?q=timur&unit=timur"
Token = Callable[..., dict[str, str]]
Person = Callable[..., User]


@pytest.fixture
def sibling(client: TestClient, body: Callable[..., Any], person: Person) -> User:
    """An answer with a comment and a person at the unit beside."""
    for point in ("timur-arsip-qr", "cabang-qr"):
        answer = body(4, point=point, comment="saksi mata", answered_at="2026-09-15T10:00:00+08:00")
        assert client.post("/api/v1/responses", json=answer).status_code == 201
    return person("budi.timur", ("timur", Role.ADMIN), home="timur")


def words_of(content: bytes) -> str:
    """Everything that can be read in an answer; a workbook is a ZIP archive of XML."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def learned(text: str, asked: str) -> list[str]:
    """What stands in an answer and was not in the question."""
    return [secret for secret in SECRETS if secret in text.lower() and secret not in asked.lower()]


@pytest.mark.parametrize("role", [*Role])
def test_generated_requests_with_a_token_of_the_unit_beside(
    client: TestClient, app: FastAPI, token: Token, sibling: User, role: Role
) -> None:
    headers = token("ptsp", role)
    schema = schemathesis.openapi.from_dict(app.openapi())
    operations = [one.ok() for one in schema.get_all_operations()]
    wanted = [one for one in operations if one.path.startswith("/api/") and not one.path.startswith(PUBLIC)]
    assert len(wanted) >= 8
    for operation in wanted:
        conforms(operation, app, headers)


def conforms(operation: Any, app: FastAPI, headers: dict[str, str]) -> None:
    """Requests made from a description, often for units outside: refused as absent, and told nothing of."""

    @settings(max_examples=3, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(
        case=operation.as_strategy(),
        code=st.sampled_from([*OUTSIDE, "ptsp", None]),
        period=st.sampled_from(["2026", "2026-Q3", None]),
        service=st.sampled_from(["arsip", "nib", None]),
    )
    def check(case: Any, code: str | None, period: str | None, service: str | None) -> None:
        parameters, query = case.path_parameters or {}, case.query or {}
        if code is not None and "code" in parameters:
            parameters["code"] = code
        if code is not None and "under" in query:
            query["under"] = code
        if period is not None and "period" in query:
            query["period"] = period
        if service is not None and "service" in query:
            query["service"] = service
        response = case.call(app=app, headers=headers)
        case.validate_response(response, checks=[checks.not_a_server_error, status_code_conformance])
        asked = f"{parameters} {query} {case.body!r}"
        assert learned(words_of(response.content), asked) == [], (operation.path, asked)
        if parameters.get("code") in OUTSIDE or query.get("under") in OUTSIDE:
            assert response.status_code in (403, 404, 422), (operation.path, asked, response.text)

    check()


@pytest.mark.parametrize("role", [*Role])
def test_pages_and_routes_with_a_cookie_of_the_unit_beside(
    client: TestClient,
    app: FastAPI,
    person: Person,
    signed_in: Callable[..., dict[str, str]],
    sibling: User,
    role: Role,
) -> None:
    headers = signed_in(person("ani", ("ptsp", role), home="ptsp"))
    opened = 0
    for method, address, path in calls(app):
        if path.startswith((*PUBLIC, "/keluar")) or path == "/":
            continue
        # What is one's own, also with the sibling in the query; then the sibling's own address.
        foreign = address.replace("ptsp-nib-qr", "timur-arsip-qr").replace("ptsp", "timur")
        for asked in (address, address + QUERY, foreign if foreign != address else address + SEARCH):
            answer = client.request(
                method, asked.replace("/1", f"/{sibling.id}"), headers=headers, follow_redirects=False
            )
            assert answer.status_code < 500, (method, asked)
            assert learned(words_of(answer.content), asked) == [], (method, asked)
            opened += answer.status_code == 200
    assert opened >= 3


@pytest.mark.parametrize("with_cookie", [False, True])
def test_generated_requests_to_pages(
    client: TestClient,
    app: FastAPI,
    person: Person,
    signed_in: Callable[..., dict[str, str]],
    with_cookie: bool,
) -> None:
    """Pages take forms, which may hold anything: no failure, no status that is not described."""
    headers = signed_in(person("ani", ("kota", Role.ADMIN))) if with_cookie else {}
    operations = [one.ok() for one in schemathesis.openapi.from_dict(app.openapi()).get_all_operations()]
    pages = [
        one for one in operations if not one.path.startswith(("/api/", "/healthz", "/readyz", "/keluar"))
    ]
    assert len(pages) >= 10
    for operation in pages:
        answered(operation, app, headers)


def answered(operation: Any, app: FastAPI, headers: dict[str, str]) -> None:
    @settings(max_examples=3, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), browser=st.booleans())
    def check(case: Any, browser: bool) -> None:
        accept = "text/html" if browser else "*/*"
        response = case.call(app=app, headers={**headers, "Accept": accept}, allow_redirects=False)
        case.validate_response(response, checks=[checks.not_a_server_error])
        if (
            response.status_code != 303
        ):  # a page may always lead on, to sign in or to where something was done
            case.validate_response(response, checks=[status_code_conformance])

    check()
