"""The examples in the API's description are what the service answers, in both languages."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.examples import add_examples, examples
from app.kiosks.schemas import BATCH_EXAMPLE, REPORT_EXAMPLE
from tests.conftest import ELEMENTS
from tests.contract.test_ikm_document import SUMS

Token = Callable[..., dict[str, str]]

# Every operation of the contract that answers JSON or text, and an address where it answers the example.
ASKED = {
    "get /api/v1/units": "/api/v1/units",
    "get /api/v1/units/{code}": "/api/v1/units/ptsp",
    "get /api/v1/points/{code}": "/api/v1/points/ptsp-kios",
    "get /api/v1/units/{code}/ikm": "/api/v1/units/ptsp/ikm?period=2026-Q3",
    "get /api/v1/units/{code}/ikm/trend": "/api/v1/units/timur/ikm/trend?by=quarter&from=2026-Q2&to=2026-Q3",
    "get /api/v1/units/{code}/ikm/breakdown": "/api/v1/units/timur/ikm/breakdown?period=2026-Q3&by=sex",
    "get /api/v1/units/{code}/ikm/compare": "/api/v1/units/timur/ikm/compare?period=2026-Q3&with=2026-Q2",
    "get /api/v1/units/{code}/ikm/channels": "/api/v1/units/ptsp/ikm/channels?period=2026-Q3",
    "get /api/v1/units/{code}/ikm/priorities": "/api/v1/units/ptsp/ikm/priorities?period=2026-Q3",
    "get /api/v1/ikm": "/api/v1/ikm?under=kota&period=2026-Q3&limit=2",
}
POSTED = ("post /api/v1/responses", "post /api/v1/kiosk/batches", "post /api/v1/kiosk/heartbeat")
CSV = "get /api/v1/units/{code}/exports/responses.csv"


@pytest.fixture
def answered(
    client: TestClient, kiosk: Token, rows_of: Callable[..., list[dict[str, int]]], give: Callable[..., None]
) -> None:
    """The 29 respondents of the reference, a kiosk besides, and an office with two quarters."""
    for row in rows_of(29, SUMS):
        give(scores=row)
    chance = Random(4)
    for number in range(4):
        give(3 + number % 2, point="ptsp-kios", service="nib")
    for moment, better in (("2026-05-12T09:00:00+09:00", 0.2), ("2026-08-12T09:00:00+09:00", 0.8)):
        for number in range(6):
            scores = {key: 3 + (chance.random() < better) - (chance.random() < 0.3) for key in ELEMENTS}
            sex = "LP"[number % 2]
            give(scores=scores, point="timur-arsip-qr", answered_at=moment, profile={"sex": sex})


@pytest.mark.parametrize("language", ["id", "en"])
def test_examples_are_what_is_answered(
    client: TestClient, token: Token, answered: None, language: str, tmp_path: Path
) -> None:
    headers = {**token("kota"), "Accept-Language": language}
    found = {}
    for operation, address in ASKED.items():
        response = client.get(address, headers=headers)
        assert response.status_code == 200, (address, response.text)
        found[operation] = response.json()
    # What is found is kept beside the test, to be taken over when answers change on purpose.
    (tmp_path / "found.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    shown = {operation: examples()[operation][language] for operation in ASKED}
    differing = [operation for operation, value in found.items() if shown[operation] != value]
    assert differing == [], f"see {tmp_path / 'found.json'}"


def test_examples_of_what_is_sent(client: TestClient, kiosk: Token, body: Callable[..., Any]) -> None:
    headers = kiosk("ptsp-nib-qr")
    shown = {operation: examples()[operation]["id"] for operation in POSTED}
    assert all(examples()[operation]["en"] == shown[operation] for operation in POSTED)
    example = shown["post /api/v1/responses"]
    sent = client.post("/api/v1/responses", json=body(3, id=example["id"]))
    # The receipt is signed with the key of the installation.
    assert {**sent.json(), "receipt": ""} == {**example, "receipt": ""}
    assert len(sent.json()["receipt"]) == len(example["receipt"])
    batch = client.post("/api/v1/kiosk/batches", json={**BATCH_EXAMPLE, "responses": []}, headers=headers)
    assert batch.json() == {"results": []}
    sent_again = [body(3, id=one["id"], point=...) for one in BATCH_EXAMPLE["responses"]]
    stored = {**BATCH_EXAMPLE, "responses": sent_again}
    again = client.post("/api/v1/kiosk/batches", json=stored, headers=kiosk("timur-arsip-qr"))
    assert receiptless(again.json()) == receiptless(shown["post /api/v1/kiosk/batches"])
    beat = client.post("/api/v1/kiosk/heartbeat", json=REPORT_EXAMPLE, headers=headers)
    assert beat.json().keys() == shown["post /api/v1/kiosk/heartbeat"].keys()


def receiptless(batch: Any) -> list[Any]:
    return [{**one, "receipt": None} for one in batch["results"]]


def test_the_example_of_the_export_has_its_columns(client: TestClient, token: Token, answered: None) -> None:
    for language, locale in (("id", "id"), ("en", "en")):
        address = f"/api/v1/units/ptsp/exports/responses.csv?period=2026-Q3&locale={locale}"
        found = client.get(address, headers=token("kota")).text
        assert examples()[CSV][language].splitlines()[0] == found.splitlines()[0].removeprefix("\ufeff")


def test_every_operation_of_the_contract_has_a_summary_and_examples_in_both_languages(
    client: TestClient,
) -> None:
    document = client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path.startswith("/api/"):
                assert operation["summary"], (method, path)
    for name in (*ASKED, *POSTED, CSV):
        method, _, path = name.partition(" ")
        operation = document["paths"][path][method]
        assert operation["description"], name
        [content] = [
            content
            for status, response in operation["responses"].items()
            if status in ("200", "201") and status == min(operation["responses"])
            for content in response["content"].values()
        ]
        assert content["examples"].keys() == {"id", "en"}, name
        for language in content["examples"].values():
            assert language["summary"]
            assert language["value"]


def test_an_example_of_something_that_is_gone_does_no_harm() -> None:
    schema: dict[str, Any] = {"paths": {}}
    add_examples(schema)
    assert schema == {"paths": {}}
