"""Governments, rankings, trends, breakdowns and several questionnaires: figures worked out by hand."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.db import Database

Give = Callable[..., None]
Get = Callable[..., Any]


@pytest.fixture
def get(client: TestClient, token: Callable[..., dict[str, str]]) -> Get:
    """Any result, as the evaluator of the whole city sees it."""
    headers = token("kota")

    def page(path: str, **query: Any) -> Any:
        response = client.get(f"/api/v1/{path}", params=query, headers=headers)
        assert response.status_code == 200, response.text
        return response.json()

    return page


@pytest.fixture
def three_units(give: Give) -> None:
    """Three fours at ptsp (100.00), one two at timur (50.00), one three at its branch (75.00)."""
    for _ in range(3):
        give(4)
    give(2, point="timur-arsip-qr")
    give(3, point="cabang-qr")


def test_both_rollups_of_a_government(get: Get, three_units: None) -> None:
    # Pooled: (3 x 4 + 2 + 3) / 5 = 3.4, times 25; the mean of 100, 50 and 75 is 75.
    pooled = get("units/kota/ikm", period="2026-Q3")
    assert (pooled["rollup"], pooled["ikm"], pooled["respondents"]) == ("pooled", 85.0, 5)
    assert pooled["category"]["mutu"] == "B"
    assert pooled["rollups"] == {"official": "pooled", "pooled": 85.0, "mean_of_units": 75.0}
    mean = get("units/kota/ikm", period="2026-Q3", rollup="mean_of_units")
    assert (mean["rollup"], mean["ikm"], mean["respondents"]) == ("mean_of_units", 75.0, 5)
    assert mean["exact"] == {"numerator": 75, "denominator": 1}
    assert mean["category"]["mutu"] == "C"
    assert mean["rollups"] == pooled["rollups"]
    assert mean["elements"][0]["counts"] == [0, 1, 1, 3]


def test_the_official_rule_of_a_unit_is_used_when_none_is_asked_for(
    get: Get, three_units: None, city: Database
) -> None:
    with city.write() as session:
        session.connection().execute(text("UPDATE unit SET rollup = 'mean_of_units' WHERE code = 'kota'"))
    assert get("units/kota/ikm", period="2026-Q3")["ikm"] == 75.0
    assert get("units/kota/ikm", period="2026-Q3", rollup="pooled")["ikm"] == 85.0
    assert get("ikm", under="kota", period="2026-Q3")["government"][0]["ikm"] == 75.0


def test_a_unit_pools_its_services_and_does_not_average_them(get: Get, give: Give, body: Any) -> None:
    # Three ones at nib (25.00) and one four at daring (100.00): seven elements have 4 answers, two have 3.
    for _ in range(3):
        give(1)
    asked = {key: 4 for key in body()["scores"] if key not in ("kompetensi", "perilaku")}
    give(point="ptsp-daring", scores=asked)
    found = get("units/ptsp/ikm", period="2026-Q3")
    # Seven elements of 7/4 and two of 1: 57/4 over nine, times 25, is 475/12.
    assert found["exact"] == {"numerator": 475, "denominator": 12}
    assert (found["ikm"], found["respondents"]) == (39.58, 4)
    assert {one["key"]: one["n"] for one in found["elements"]}["perilaku"] == 3


def test_the_ranking(get: Get, three_units: None) -> None:
    found = get("ikm", under="kota", period="2026-Q3")
    assert found["under"] == {"code": "kota", "name": "Kota Uji"}
    # The eastern office has its branch's answer too: (2 + 3) / 2 x 25.
    assert [(one["rank"], one["unit"]["code"], one["ikm"]) for one in found["units"]] == [
        (1, "ptsp", 100.0),
        (2, "timur-cabang", 75.0),
        (3, "timur", 62.5),
    ]
    assert [one["ikm"] for one in found["government"]] == [85.0]
    assert found["without_answers"] == []


def test_equal_figures_have_equal_ranks_and_silent_units_are_named(get: Get, give: Give) -> None:
    give(3)
    give(3, point="cabang-qr")
    found = get("ikm", under="kota", period="2026-Q3")
    ranks = {one["unit"]["code"]: one["rank"] for one in found["units"]}
    assert ranks == {"ptsp": 1, "timur": 1, "timur-cabang": 1}
    empty = get("ikm", under="kota", period="2026-Q2")
    assert empty["units"] == []
    assert [one["code"] for one in empty["without_answers"]] == ["ptsp", "timur", "timur-cabang"]


def test_a_ranking_shows_what_each_unit_shows_itself(get: Get, three_units: None) -> None:
    for one in get("ikm", under="kota", period="2026")["units"]:
        alone = get(f"units/{one['unit']['code']}/ikm", period="2026")
        assert {key: one[key] for key in alone} == alone


def test_the_day_is_the_units_own(get: Get, give: Give) -> None:
    # 23:30 of 30 September in Makassar is 00:30 of 1 October in Jayapura: one instant, two quarters.
    give(4, answered_at="2026-09-30T23:30:00+08:00")
    give(2, point="timur-arsip-qr", answered_at="2026-09-30T23:30:00+08:00")
    for unit, before, after in (("ptsp", 1, 0), ("timur", 0, 1)):
        assert get(f"units/{unit}/ikm", period="2026-Q3")["respondents"] == before
        assert get(f"units/{unit}/ikm", period="2026-Q4")["respondents"] == after
        assert get(f"units/{unit}/ikm", period="2026-09-30..2026-09-30")["respondents"] == before
        assert get(f"units/{unit}/ikm", period="2026-10-01..2026-10-01")["respondents"] == after


def test_the_first_and_last_instant_of_a_quarter(get: Get, give: Give) -> None:
    for instant in (
        "2026-06-30T23:59:59+08:00",
        "2026-07-01T00:00:00+08:00",
        "2026-09-30T23:59:59.999999+08:00",
        "2026-10-01T00:00:00+08:00",
    ):
        give(4, answered_at=instant)
    assert get("units/ptsp/ikm", period="2026-Q3")["respondents"] == 2
    assert get("units/ptsp/ikm", period="2026-07-01..2026-09-30")["respondents"] == 2
    assert get("units/ptsp/ikm", period="2026-06-30..2026-07-01")["respondents"] == 2


def test_the_trend(get: Get, give: Give) -> None:
    give(4, answered_at="2026-01-15T10:00:00+08:00")
    give(2, answered_at="2026-03-31T10:00:00+08:00")
    give(3, answered_at="2026-08-01T10:00:00+08:00")
    found = get("units/ptsp/ikm/trend", by="quarter", **{"from": "2026-Q1", "to": "2026-Q3"})
    assert found["by"] == "quarter"
    figures = [
        (point["period"]["code"], [(one["ikm"], one["respondents"]) for one in point["results"]])
        for point in found["points"]
    ]
    assert figures == [("2026-Q1", [(75.0, 2)]), ("2026-Q2", []), ("2026-Q3", [(75.0, 1)])]
    assert {point["broken"] for point in found["points"]} == {None}
    months = get("units/ptsp/ikm/trend", by="month", **{"from": "2026-01-20", "to": "2026-03-01"})
    assert [one["period"]["code"] for one in months["points"]] == ["2026-01", "2026-02", "2026-03"]
    for by, count in (("month", 24), ("quarter", 8), ("semester", 4), ("year", 5)):
        points = get("units/ptsp/ikm/trend", by=by)["points"]
        assert len(points) == count
        # Today is 15 October 2026.
        assert points[-1]["period"]["start"] <= "2026-10-15" < points[-1]["period"]["end"]


def test_a_point_of_the_trend_is_the_result_of_its_period(get: Get, three_units: None) -> None:
    for rollup in ("pooled", "mean_of_units"):
        points = get("units/kota/ikm/trend", by="quarter", rollup=rollup)["points"]
        alone = get("units/kota/ikm", period="2026-Q3", rollup=rollup)
        assert [one["results"] for one in points if one["period"]["code"] == "2026-Q3"] == [[alone]]


PROFILES = (
    (4, {"sex": "L", "age": 17, "education": "SD", "occupation": "PNS"}),
    (3, {"sex": "P", "age": 18, "education": "D1-D4", "occupation": "IRT"}),
    (2, {"sex": "P", "age": 66, "education": "SD", "occupation": "LAINNYA"}),
    (1, None),
)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("sex", [("L", 100.0, 1), ("P", 62.5, 2), (None, 25.0, 1)]),
        ("age", [("0-17", 100.0, 1), ("18-25", 75.0, 1), ("66+", 50.0, 1), (None, 25.0, 1)]),
        ("education", [("SD", 75.0, 2), ("D1-D4", 75.0, 1), (None, 25.0, 1)]),
        ("occupation", [("PNS", 100.0, 1), ("IRT", 75.0, 1), ("LAINNYA", 50.0, 1), (None, 25.0, 1)]),
        ("channel", [("qr", 75.0, 3), ("kiosk", 25.0, 1)]),
        ("service", [("nib", 62.5, 4)]),
    ],
)
def test_breakdowns(get: Get, give: Give, by: str, expected: list[Any]) -> None:
    for score, profile in PROFILES:
        give(score, profile=profile, **({} if profile else {"point": "ptsp-kios", "service": "nib"}))
    found = get("units/ptsp/ikm/breakdown", period="2026-Q3", by=by)
    assert found["by"] == by
    groups = [(one["key"], one["result"]["ikm"], one["result"]["respondents"]) for one in found["groups"]]
    assert groups == expected
    # A divisor of its own for every group: the groups together are everyone.
    assert sum(count for _, _, count in groups) == get("units/ptsp/ikm", period="2026-Q3")["respondents"]
    broken = get("units/ptsp/ikm/breakdown", period="2026-07-02..2026-10-10", by=by)
    assert [(one["key"], one["result"]["ikm"]) for one in broken["groups"]] == [row[:2] for row in groups]


def test_a_breakdown_by_service_names_the_services_of_all_units_below(get: Get, three_units: None) -> None:
    groups = get("units/kota/ikm/breakdown", period="2026-Q3", by="service")["groups"]
    assert {(one["key"], one["name"], one["result"]["ikm"]) for one in groups} == {
        ("nib", "Penerbitan NIB", 100.0),
        ("arsip", "Arsip", 50.0),
        ("salinan", "Salinan", 75.0),
    }
