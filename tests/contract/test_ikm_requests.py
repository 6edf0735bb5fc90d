"""Results: what is refused, who may ask, and what lies outside one's units."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.auth.roles import Role
from app.core.db import Database

Token = Callable[..., dict[str, str]]

NOW = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)  # where the application's clock stands
PAGES = (
    "/api/v1/units",
    "/api/v1/units/ptsp",
    "/api/v1/units/ptsp/ikm?period=2026",
    "/api/v1/units/ptsp/ikm/trend",
    "/api/v1/units/ptsp/ikm/breakdown?period=2026&by=sex",
    "/api/v1/units/ptsp/ikm/compare?period=2026&with=2025",
    "/api/v1/units/ptsp/ikm/channels?period=2026",
    "/api/v1/units/ptsp/ikm/priorities?period=2026",
    "/api/v1/ikm?under=ptsp&period=2026",
)
OF_ONE_UNIT = (
    "/api/v1/units/{unit}",
    "/api/v1/units/{unit}/ikm?period=2026",
    "/api/v1/units/{unit}/ikm/trend",
    "/api/v1/units/{unit}/ikm/breakdown?period=2026&by=sex",
    "/api/v1/units/{unit}/ikm/compare?period=2026&with=2025",
    "/api/v1/units/{unit}/ikm/channels?period=2026",
    "/api/v1/units/{unit}/ikm/priorities?period=2026",
    "/api/v1/ikm?under={unit}&period=2026",
)


def refused(client: TestClient, path: str, headers: dict[str, str]) -> list[tuple[str, str]]:
    response = client.get(path, headers=headers)
    assert response.status_code == 422, (path, response.text)
    assert response.headers["content-type"] == "application/problem+json"
    return [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]]


def test_periods_that_are_none(client: TestClient, token: Token) -> None:
    headers = token("kota")
    for period in (
        "",
        "2026-Q5",
        "2026-Q0",
        "2026-S3",
        "2026-13",
        "2026-00",
        "2026-9",
        "26",
        "1999",
        "2101",
        "2026-q3",
        "2026Q3",
        " 2026",
        "2026 ",
        "2026-09-30",
        "2026-09-30..2026-09-01",
        "2026-02-29..2026-03-01",
        "2026-07-01..",
        "..2026-07-01",
        "2026-07-01...2026-07-02",
        "２０２６",
        "2026-07-17 .. 2026-09-15",
        "'; DROP TABLE response; --",
        "\x00",
    ):
        for path in ("/api/v1/units/ptsp/ikm", "/api/v1/units/ptsp/ikm/breakdown", "/api/v1/ikm"):
            response = client.get(
                path, params={"period": period, "by": "sex", "under": "kota"}, headers=headers
            )
            assert response.status_code == 422, (path, period)
            assert response.headers["content-type"] == "application/problem+json"
            assert [fault["pointer"] for fault in response.json()["errors"]] == ["/period"]
            assert response.json()["errors"][0]["code"] == "period_invalid"
    assert refused(client, "/api/v1/units/ptsp/ikm", headers) == [("/period", "parameter_invalid")]


def test_parameters_that_are_none(client: TestClient, token: Token) -> None:
    headers = token("kota")
    start = "/api/v1/units/ptsp/ikm"
    for weight in ("0.1", "0.1111", "1/9", "EXACT", ""):
        assert refused(client, f"{start}?period=2026&weight={weight}", headers) == [
            ("/weight", "parameter_invalid")
        ]
    assert refused(client, f"{start}?period=2026&rollup=mean", headers) == [("/rollup", "parameter_invalid")]
    assert refused(client, f"{start}/breakdown?period=2026&by=name", headers) == [
        ("/by", "parameter_invalid")
    ]
    assert refused(client, f"{start}/breakdown?period=2026", headers) == [("/by", "parameter_invalid")]
    assert refused(client, f"{start}/trend?by=week", headers) == [("/by", "parameter_invalid")]
    assert refused(client, "/api/v1/ikm?period=2026", headers) == [("/under", "parameter_invalid")]


def test_ranges_that_are_none(client: TestClient, token: Token) -> None:
    headers = token("kota")
    for query in (
        "from=2026-10-01&to=2026-09-30",
        "from=2027",
        "by=month&from=2000&to=2100",
        "by=quarter&from=2000&to=2100",
    ):
        path = f"/api/v1/units/ptsp/ikm/trend?{query}"
        assert refused(client, path, headers) == [("/from", "range_invalid")], query


def test_ends_of_a_range_that_are_no_days(client: TestClient, token: Token) -> None:
    headers = token("kota")
    for end in ("from", "to"):
        for value in (
            "kemarin",
            "2026-02-30",
            "20260930",
            "2026-W40-1",
            "2026-Q9",
            "0001-01-01",
            "9999-12-31",
        ):
            path = f"/api/v1/units/ptsp/ikm/trend?{end}={value}"
            assert refused(client, path, headers) == [(f"/{end}", "period_invalid")], value


def test_the_first_and_the_last_year_that_periods_know(client: TestClient, token: Token) -> None:
    headers = token("kota")
    for query, first, last in (
        ("by=year&to=2000-06-30", "2000", "2000"),
        ("by=quarter&to=2000-06-30", "2000-Q1", "2000-Q2"),
        ("by=year&from=2099&to=2100", "2099", "2100"),
    ):
        response = client.get(f"/api/v1/units/ptsp/ikm/trend?{query}", headers=headers)
        assert response.status_code == 200, response.text
        codes = [point["period"]["code"] for point in response.json()["points"]]
        assert (codes[0], codes[-1]) == (first, last)


def test_a_shortened_weight_needs_nine_elements(
    client: TestClient, token: Token, give: Callable[..., None], body: Callable[..., Any]
) -> None:
    asked = {key: 4 for key in body()["scores"] if key not in ("kompetensi", "perilaku")}
    give(point="ptsp-daring", scores=asked)
    headers = token("kota")
    for weight in ("0.111", "0.11"):
        for path in (
            f"/api/v1/units/ptsp/ikm?period=2026&service=daring&weight={weight}",
            f"/api/v1/units/ptsp/ikm/trend?weight={weight}",
            f"/api/v1/units/ptsp/ikm/breakdown?period=2026&by=service&weight={weight}",
            f"/api/v1/units/ptsp/ikm/compare?period=2026&with=2025&service=daring&weight={weight}",
            f"/api/v1/units/ptsp/ikm/channels?period=2026&service=daring&weight={weight}",
            f"/api/v1/ikm?under=kota&period=2026&weight={weight}",
        ):
            assert refused(client, path, headers) == [("/weight", "weight_not_applicable")]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_gets_in_without_a_valid_token(
    client: TestClient, token: Token, kiosk: Token, city: Database, path: str
) -> None:
    expired = token("kota", expires_at=NOW)
    lasting = token("kota", expires_at=NOW + timedelta(seconds=1))
    revoked = token("kota", Role.ADMIN)
    with city.write() as session:
        session.connection().execute(
            text("UPDATE api_token SET revoked_at = created_at WHERE role = 'admin'")
        )
    wrong = (
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer eskm_" + "A" * 43},
        {"Authorization": "Basic dXNlcjpwYXNz"},
        {"Authorization": lasting["Authorization"].removeprefix("Bearer ")},
        {"Authorization": lasting["Authorization"].swapcase()},
        expired,
        revoked,
        kiosk("ptsp-kios"),
    )
    for headers in wrong:
        response = client.get(path, headers=headers)
        assert (response.status_code, response.json()["code"]) == (401, "unauthenticated"), headers
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.headers["content-type"] == "application/problem+json"
    assert client.get(path, headers=lasting).status_code == 200
    lowered = {"authorization": lasting["Authorization"].replace("Bearer", "bearer")}
    assert client.get(path, headers=lowered).status_code == 200


@pytest.mark.parametrize("path", PAGES[2:])
def test_an_operator_reads_no_results(client: TestClient, token: Token, path: str) -> None:
    response = client.get(path, headers=token("kota", Role.OPERATOR))
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    for role in (Role.ADMIN, Role.UNIT_HEAD, Role.EVALUATOR, Role.VIEWER):
        assert client.get(path, headers=token("kota", role)).status_code == 200


@pytest.mark.parametrize("path", OF_ONE_UNIT)
def test_a_unit_outside_ones_own_does_not_exist(client: TestClient, token: Token, path: str) -> None:
    head = token("timur", Role.UNIT_HEAD)
    for unit in ("timur", "timur-cabang"):
        assert client.get(path.format(unit=unit), headers=head).status_code == 200
    unknown = client.get(path.format(unit="tidak-ada"), headers=head)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    for unit in ("ptsp", "kota", "%00"):
        response = client.get(path.format(unit=unit), headers=head)
        # Neither the status nor the text tells a sibling from a unit that does not exist.
        assert (response.status_code, response.json()) == (404, unknown.json())
    branch = token("timur-cabang", Role.ADMIN)
    assert client.get(path.format(unit="timur"), headers=branch).status_code == 404


def test_a_service_of_another_unit_does_not_exist(client: TestClient, token: Token) -> None:
    headers = token("kota")
    for service in ("arsip", "tidak-ada", "%00", ""):
        for path in (
            "ikm?period=2026",
            "ikm/trend?by=year",
            "ikm/breakdown?period=2026&by=sex",
            "ikm/compare?period=2026&with=2025",
            "ikm/channels?period=2026",
            "ikm/priorities?period=2026",
        ):
            response = client.get(f"/api/v1/units/ptsp/{path}&service={service}", headers=headers)
            assert response.status_code == 404


def test_units_in_scope(client: TestClient, token: Token) -> None:
    everything = client.get("/api/v1/units", headers=token("kota", Role.OPERATOR)).json()["units"]
    assert [(one["code"], one["parent"]) for one in everything] == [
        ("kota", None),
        ("ptsp", "kota"),
        ("timur", "kota"),
        ("timur-cabang", "timur"),
    ]
    # A zone that was not given is the parent's.
    assert [one["timezone"] for one in everything] == [
        *("Asia/Makassar", "Asia/Makassar", "Asia/Jayapura", "Asia/Jayapura")
    ]
    own = client.get("/api/v1/units", headers=token("timur", Role.VIEWER)).json()["units"]
    # What lies above one's unit is nobody's business: not even its code.
    assert [(one["code"], one["parent"]) for one in own] == [("timur", None), ("timur-cabang", "timur")]


def test_a_unit_with_its_services_and_points(client: TestClient, token: Token) -> None:
    found = client.get("/api/v1/units/ptsp", headers=token("kota")).json()
    assert (found["address"], found["phone"], found["parent"]) == ("Jalan Uji 1", "100", "kota")
    assert {one["code"]: (one["population"], one["not_asked"]) for one in found["services"]} == {
        "nib": (4384, []),
        "daring": (None, ["kompetensi", "perilaku"]),
    }
    assert {one["code"]: (one["service"], one["channel"], one["active"]) for one in found["points"]} == {
        "ptsp-nib-qr": ("nib", "qr", True),
        "ptsp-daring": ("daring", "link", True),
        "ptsp-kios": (None, "kiosk", True),
        "ptsp-tutup": ("nib", "counter", False),
    }
    assert client.get("/api/v1/units/ptsp", headers=token("ptsp")).json()["parent"] is None


def test_the_use_of_a_token_is_noted(client: TestClient, token: Token, city: Database) -> None:
    headers = token("kota")
    with city.read() as session:
        assert session.connection().scalar(text("SELECT last_used_at FROM api_token")) is None
    client.get("/api/v1/units", headers=headers)
    with city.read() as session:
        assert (
            str(session.connection().scalar(text("SELECT last_used_at FROM api_token")))[:10] == "2026-10-15"
        )
        secret = headers["Authorization"].removeprefix("Bearer ")
        assert secret not in str(session.connection().execute(text("SELECT * FROM api_token")).one())
