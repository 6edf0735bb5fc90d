"""The OpenAPI document: all routes of the contract, their problems and examples, and a service that keeps to it."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import schemathesis
import uvicorn
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from app.auth.roles import Role

Token = Callable[..., dict[str, str]]

# Method, path, and every problem that the contract names for it.
ROUTES = [
    ("post", "/api/v1/responses", {404, 409, 410, 413, 415, 422, 429, 503}),
    ("get", "/api/v1/points/{code}", {404, 410}),
    ("post", "/api/v1/kiosk/batches", {401, 413, 415, 422, 503}),
    ("post", "/api/v1/kiosk/heartbeat", {401, 413, 415, 422}),
    ("get", "/api/v1/units", {401, 403}),
    ("get", "/api/v1/units/{code}", {401, 403, 404}),
    ("get", "/api/v1/units/{code}/ikm", {401, 403, 404, 422}),
    ("get", "/api/v1/units/{code}/ikm/trend", {401, 403, 404, 422}),
    ("get", "/api/v1/units/{code}/ikm/breakdown", {401, 403, 404, 422}),
    ("get", "/api/v1/units/{code}/ikm/compare", {401, 403, 404, 422}),
    ("get", "/api/v1/units/{code}/ikm/channels", {401, 403, 404, 422}),
    ("get", "/api/v1/units/{code}/ikm/priorities", {401, 403, 404, 422}),
    ("get", "/api/v1/ikm", {401, 403, 404, 422}),
    ("get", "/api/v1/units/{code}/exports/responses.csv", {401, 403, 404, 422}),
    ("get", "/healthz", set()),
    ("get", "/readyz", {503}),
]


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    """What `/openapi.json` says."""
    response = client.get("/openapi.json")
    assert response.status_code == 200
    return dict(response.json())


def test_what_is_refused_before_any_route_is_described_at_every_route(document: dict[str, Any]) -> None:
    """Forged hosts, addresses and heads that are too long, and posts from other sites."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            wanted = {"414", "431"} if path in ("/healthz", "/readyz") else {"400", "414", "431"}
            wanted |= {"403"} if method in ("post", "put", "patch", "delete") else set()
            assert wanted <= operation["responses"].keys(), (method, path)
            for status in wanted:
                content = operation["responses"][status]["content"]
                assert "application/problem+json" in content, (method, path, status)
    assert "text/html" in document["paths"]["/s/{code}"]["post"]["responses"]["403"]["content"]
    assert "text/html" not in document["paths"]["/api/v1/responses"]["post"]["responses"]["403"]["content"]


def test_every_route_of_the_contract_is_described(document: dict[str, Any]) -> None:
    for method, path, problems in ROUTES:
        operation = document["paths"][path][method]
        assert operation["summary"], path
        declared = {int(status) for status in operation["responses"] if status.isdigit()}
        assert problems <= declared, (path, problems - declared)
        for status in declared & {401, 403, 404, 409, 410, 413, 415, 422, 429, 503}:
            content = operation["responses"][str(status)]["content"]
            assert "application/problem+json" in content, (path, status)


def test_bodies_have_schemas_and_examples(document: dict[str, Any]) -> None:
    for path in ("/api/v1/responses", "/api/v1/kiosk/batches", "/api/v1/kiosk/heartbeat"):
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        assert content["schema"]["properties"], path
        assert content["example"], path
    schema = document["paths"]["/api/v1/responses"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    assert set(schema["required"]) == {"id", "point", "scores"}
    assert schema["additionalProperties"] is False


def test_the_documented_examples_are_accepted(
    document: dict[str, Any], client: TestClient, kiosk: Token
) -> None:
    def example(path: str) -> Any:
        return document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]

    answer = {**example("/api/v1/responses"), "point": "ptsp-nib-qr"}
    assert client.post("/api/v1/responses", json=answer).status_code == 201
    headers = kiosk("ptsp-kios")
    batch = client.post("/api/v1/kiosk/batches", json=example("/api/v1/kiosk/batches"), headers=headers)
    assert batch.status_code == 200
    assert [one["status"] for one in batch.json()["results"]] == ["conflict"]  # the same id at another point
    heartbeat = example("/api/v1/kiosk/heartbeat")
    assert client.post("/api/v1/kiosk/heartbeat", json=heartbeat, headers=headers).status_code == 200


def test_the_document_names_how_to_authenticate(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"].values()
    assert {"type": "http", "scheme": "bearer"} in [
        {"type": one["type"], "scheme": one.get("scheme")} for one in schemes
    ]
    assert document["components"]["schemas"]["Problem"]["required"] == [
        *("type", "title", "status", "code", "detail")
    ]


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    """The application on a real server, in a thread."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(30)


def test_a_token_is_asked_for_where_one_is_wanted_and_nowhere_else(document: dict[str, Any]) -> None:
    def asks(method: str, path: str) -> bool:
        return document["paths"][path][method].get("security") == [{"bearer": []}]

    wanted = {(method, path) for method, path, codes in ROUTES if 401 in codes}
    assert {(method, path) for method, path, _ in ROUTES if asks(method, path)} == wanted


@pytest.mark.parametrize("caller", ["nobody", "evaluator", "operator", "kiosk"])
def test_generated_requests_are_answered_as_described(
    address: str, app: FastAPI, token: Token, kiosk: Token, body: Any, caller: str
) -> None:
    answer = body(3, profile={"sex": "L"}, answered_at="2026-09-15T10:00:00+08:00")
    assert httpx.post(f"{address}/api/v1/responses", json=answer).status_code == 201
    headers = {
        "nobody": dict,
        "evaluator": lambda: token("kota"),
        "operator": lambda: token("kota", Role.OPERATOR),
        "kiosk": lambda: kiosk("ptsp-nib-qr"),
    }[caller]()
    schema = schemathesis.openapi.from_dict(app.openapi())
    seen = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        # Pages have tests of their own; a kiosk and an operator meet the staff's routes as nobody does.
        if not operation.path.startswith(("/api/", "/healthz", "/readyz")):
            continue
        if caller in ("operator", "kiosk") and ("kiosk" in operation.path) != (caller == "kiosk"):
            continue
        seen.add(operation.path)
        generated(operation, address, headers, examples_for(operation, caller))
    assert seen


def examples_for(operation: Any, caller: str) -> int:
    """Few where everything is refused in the same way, or where a document is typeset each time."""
    makes_document = not operation.path.startswith("/api/v1/ikm") and any(
        not kind.endswith("json")
        for answer in operation.definition.raw["responses"].values()
        for kind in answer.get("content", ())
    )
    refused = caller == "nobody" and "401" in operation.definition.raw["responses"]
    return 3 if makes_document or refused or caller == "operator" else 10


def generated(operation: Any, address: str, headers: dict[str, str], examples: int) -> None:
    """Requests made from the description of one operation; what comes back must be in it."""

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), known=st.booleans())
    def conforms(case: Any, known: bool) -> None:
        if known and "code" in (case.path_parameters or {}):
            case.path_parameters["code"] = "ptsp-nib-qr" if "/points/" in case.path else "ptsp"
        if known and "period" in (case.query or {}):
            known_values = {"period": "2026", "under": "kota", "with": "2025"}
            case.query.update({name: value for name, value in known_values.items() if name in case.query})
        response = case.call(base_url=address, headers=headers)
        case.validate_response(
            response,
            checks=[
                checks.not_a_server_error,
                status_code_conformance,
                content_type_conformance,
                response_schema_conformance,
                response_headers_conformance,
            ],
        )

    conforms()
