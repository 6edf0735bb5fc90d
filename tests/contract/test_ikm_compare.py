"""Comparisons over the API: two periods, channels, priorities; ties of a ranking and breaks of a trend."""

import math
from collections.abc import Callable
from random import Random
from statistics import fmean, variance
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from app.core.db import Database
from app.units.tables import Point, Unit
from tests.conftest import ELEMENTS

Give = Callable[..., None]
Get = Callable[..., Any]
BEFORE, AFTER = "2026-05-15T10:00:00+08:00", "2026-08-15T10:00:00+08:00"
SEVEN = tuple(key for key in ELEMENTS if key not in ("kompetensi", "perilaku"))


@pytest.fixture
def get(client: TestClient, token: Callable[..., dict[str, str]]) -> Get:
    """Any page of results, as the evaluator of the whole city sees it."""
    headers = token("kota")

    def page(path: str, **query: Any) -> Any:
        response = client.get(f"/api/v1/{path}", params=query, headers=headers)
        assert response.status_code == 200, response.text
        return response.json()

    return page


def welch(before: list[float], after: list[float]) -> tuple[float, float, float]:
    """Difference of the means, its standard error, and the degrees of freedom, rounded down."""
    one, other = variance(before) / len(before), variance(after) / len(after)
    freedom = (one + other) ** 2 / (one**2 / (len(before) - 1) + other**2 / (len(after) - 1))
    return fmean(after) - fmean(before), math.sqrt(one + other), math.floor(freedom)


def two_sided(t: float, freedom: float) -> float:
    """The p value, by integrating Student's density."""
    log = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)
    steps, width = 4000, abs(t) / 4000
    heights = [
        math.exp(log - (freedom + 1) / 2 * math.log1p((i * width) ** 2 / freedom)) for i in range(steps + 1)
    ]
    inside = sum(height * (1 if i in (0, steps) else 4 if i % 2 else 2) for i, height in enumerate(heights))
    return 1 - 2 * inside * width / 3


def answers(chance: Random, mean: float, number: int, **means: float) -> list[dict[str, int]]:
    return [
        {key: min(4, max(1, round(chance.gauss(means.get(key, mean), 0.6)))) for key in ELEMENTS}
        for _ in range(number)
    ]


@pytest.fixture
def faster(give: Give) -> tuple[list[dict[str, int]], list[dict[str, int]]]:
    """24 and 30 answers at one service; only the time that it takes became better."""
    chance = Random(8)
    before, after = answers(chance, 3.1, 24, waktu=2.2), answers(chance, 3.1, 30, waktu=3.4)
    for rows, moment in ((before, BEFORE), (after, AFTER)):
        for row in rows:
            give(scores=row, answered_at=moment)
    return before, after


def test_two_periods(get: Get, faster: Any) -> None:
    before, after = faster
    found = get("units/ptsp/ikm/compare", period="2026-Q3", **{"with": "2026-Q2"})
    assert (found["period"]["code"], found["with"]["code"]) == ("2026-Q3", "2026-Q2")
    [one] = found["comparisons"]
    assert (one["comparable"], one["reasons"]) == (True, [])
    assert one["after"] == get("units/ptsp/ikm", period="2026-Q3")
    assert one["before"] == get("units/ptsp/ikm", period="2026-Q2")
    means = [[25 * fmean(row.values()) for row in rows] for rows in (before, after)]
    difference, error, freedom = welch(*means)
    change = one["change"]
    assert change["difference"] == pytest.approx(difference, abs=0.0051)
    exact = change["exact"]["numerator"] / change["exact"]["denominator"]
    assert exact == pytest.approx(difference, abs=1e-9)
    assert (
        change["p"] == change["adjusted_p"] == pytest.approx(two_sided(difference / error, freedom), abs=6e-5)
    )
    # The interval leaves 5 % outside: its ends lie where the p value of the distance is 0.05.
    half = (change["interval"]["high"] - change["interval"]["low"]) / 2
    assert two_sided(half / error, freedom) == pytest.approx(0.05, abs=0.001)
    assert change["significant"] is (two_sided(difference / error, freedom) < 0.05)


def test_each_element_is_tested_and_corrected(get: Get, faster: Any) -> None:
    before, after = faster
    [one] = get("units/ptsp/ikm/compare", period="2026-Q3", **{"with": "2026-Q2"})["comparisons"]
    expected = {}
    for key in ELEMENTS:
        scores = [[25.0 * row[key] for row in rows] for rows in (before, after)]
        difference, error, freedom = welch(*scores)
        expected[key] = (difference, two_sided(difference / error, freedom))
    order = sorted(expected, key=lambda key: expected[key][1])
    highest = 0.0
    corrected = {}
    for place, key in enumerate(order):
        highest = corrected[key] = max(highest, min(1.0, expected[key][1] * (9 - place)))
    assert [element["code"] for element in one["elements"]] == [f"U{number}" for number in range(1, 10)]
    for element in one["elements"]:
        change = element["change"]
        assert change["difference"] == pytest.approx(expected[element["key"]][0], abs=0.0051)
        assert change["p"] == pytest.approx(expected[element["key"]][1], abs=6e-5)
        assert change["adjusted_p"] == pytest.approx(corrected[element["key"]], abs=5e-4)
        assert element["after"] - element["before"] == pytest.approx(change["difference"], abs=0.011)
    significant = [element["key"] for element in one["elements"] if element["change"]["significant"]]
    assert significant == [key for key in one_order(one) if corrected[key] < 0.05] == ["waktu"]


def one_order(comparison: Any) -> list[str]:
    return [element["key"] for element in comparison["elements"]]


def test_a_period_without_answers(get: Get, faster: Any) -> None:
    [one] = get("units/ptsp/ikm/compare", period="2026-Q3", **{"with": "2025-Q3"})["comparisons"]
    assert [reason["code"] for reason in one["reasons"]] == ["no_answers"]
    assert (one["comparable"], one["change"], one["before"]) == (False, None, None)
    assert one["elements"][0]["after"] is not None
    assert {element["change"] for element in one["elements"]} == {None}
    [empty] = get("units/timur/ikm/compare", period="2026-Q3", **{"with": "2025-Q3"})["comparisons"]
    assert [reason["code"] for reason in empty["reasons"]] == ["no_answers"]


def test_periods_that_share_answers(get: Get, faster: Any) -> None:
    [one] = get("units/ptsp/ikm/compare", period="2026", **{"with": "2026-Q2"})["comparisons"]
    assert [(reason["code"], reason["blocks"]) for reason in one["reasons"]] == [("periods_overlap", True)]
    assert one["change"]["difference"] != 0
    assert (one["change"]["p"], one["change"]["interval"], one["change"]["significant"]) == (
        None,
        None,
        False,
    )


def test_nothing_is_claimed_when_other_elements_were_asked(get: Get, give: Give) -> None:
    for score in (2, 3, 3, 2, 3):
        give(score, answered_at=BEFORE)
    for score in (4, 4, 3, 4, 4):
        give(point="ptsp-daring", scores=dict.fromkeys(SEVEN, score), answered_at=AFTER)
    [one] = get("units/ptsp/ikm/compare", period="2026-Q3", **{"with": "2026-Q2"})["comparisons"]
    codes = {reason["code"]: reason["blocks"] for reason in one["reasons"]}
    # Another service and another channel besides.
    assert codes == {"elements_changed": True, "channels_changed": False, "services_changed": False}
    assert one["change"]["difference"] == 30.0
    assert (one["change"]["significant"], one["change"]["p"]) == (False, None)
    missing = {element["key"]: element for element in one["elements"]}["perilaku"]
    assert (missing["before"], missing["after"], missing["change"]) == (65.0, None, None)


def test_a_shift_of_channels_is_said_and_the_change_still_told(get: Get, give: Give) -> None:
    for number in range(20):
        give(2 + number % 2, answered_at=BEFORE)
        point = {"point": "ptsp-kios", "service": "nib"} if number % 4 else {}
        give(3 + number % 2, answered_at=AFTER, **point)
    found = get("units/ptsp/ikm/compare", period="2026-Q3", service="nib", **{"with": "2026-Q2"})
    [one] = found["comparisons"]
    assert [(reason["code"], reason["blocks"]) for reason in one["reasons"]] == [("channels_changed", False)]
    assert one["reasons"][0]["message"].endswith("bergeser.")
    assert (one["comparable"], one["change"]["significant"]) == (False, True)


def test_parameters_of_a_comparison(client: TestClient, token: Any) -> None:
    headers = token("kota")
    for query, pointer in (
        ("period=2026&with=x", "/with"),
        ("period=x&with=2026", "/period"),
        ("period=2026", "/with"),
    ):
        response = client.get(f"/api/v1/units/ptsp/ikm/compare?{query}", headers=headers)
        assert response.status_code == 422
        assert [fault["pointer"] for fault in response.json()["errors"]] == [pointer]
    response = client.get("/api/v1/units/ptsp/ikm/priorities?period=2026&with=x", headers=headers)
    assert [fault["pointer"] for fault in response.json()["errors"]] == ["/with"]


def test_channels_are_compared_within_services(get: Get, give: Give) -> None:
    """Simpson's trap: the kiosk stands at the service that all judge worse, and is judged better at each."""
    scores = {
        "nib": {"qr": (3, 4, 3, 4), "kiosk": (4, 4, 3, 4)},
        "daring": {"qr": (1, 2), "kiosk": (2, 2, 1, 2)},
    }
    for service, channels in scores.items():
        asked = ELEMENTS if service == "nib" else SEVEN
        for channel, values in channels.items():
            for value in values * (5 if (service, channel) in (("nib", "qr"), ("daring", "kiosk")) else 1):
                place = {"point": "ptsp-kios", "service": service}
                if channel == "qr":
                    place = {"point": "ptsp-nib-qr"} if service == "nib" else {"point": "ptsp-daring"}
                give(scores=dict.fromkeys(asked, value), answered_at=AFTER, **place)
    [one] = get("units/ptsp/ikm/channels", period="2026-Q3")["results"]
    assert [group["key"] for group in one["groups"]] == ["qr", "kiosk", "link"]
    assert one["confounded"] is True
    assert "layanan" in one["caution"]
    pairs = {(pair["channel"], pair["other"]): pair for pair in one["differences"]}
    assert pairs.keys() == {("qr", "kiosk"), ("qr", "link"), ("kiosk", "link")}
    at_nib = pairs["qr", "kiosk"]
    # All answers: the poster's 3.5 of nib against 24 answers of the kiosk, most of them at the other service.
    assert at_nib["crude"]["difference"] > 15
    # At nib alone: 3.5 against 3.75, times 25. The poster stands at no other service.
    assert (at_nib["within"]["difference"], at_nib["services"]) == (-6.25, 1)
    # Kiosk 7/4 against link 3/2 at the online service.
    assert pairs["kiosk", "link"]["within"]["difference"] == 6.25
    assert pairs["qr", "link"]["within"] is None
    assert at_nib["within"]["significant"] is False


def test_differences_of_several_services_are_pooled_by_how_many_answered(
    get: Get, give: Give, city: Database
) -> None:
    with city.write() as session:
        unit = session.exec(select(Unit).where(Unit.code == "ptsp")).one()
        session.add(Point(code="ptsp-loket", unit_id=unit.id, channel="counter"))
    given = {
        ("nib", "kiosk"): (3, 4, 3, 4),
        ("nib", "counter"): (3, 3, 3, 4),
        ("daring", "kiosk"): (1, 2, 3, 2, 1, 2, 3, 2),
        ("daring", "counter"): (3, 4, 3, 3),
    }
    for (service, channel), values in given.items():
        point = "ptsp-kios" if channel == "kiosk" else "ptsp-loket"
        for value in values:
            scores = dict.fromkeys(ELEMENTS if service == "nib" else SEVEN, value)
            give(scores=scores, point=point, service=service, answered_at=AFTER)
    [one] = get("units/ptsp/ikm/channels", period="2026-Q3")["results"]
    [pair] = one["differences"]
    assert (pair["channel"], pair["other"], pair["services"]) == ("kiosk", "counter", 2)
    # 4 x 4 / 8 and 8 x 4 / 12 answers' worth: 6.25 and -31.25 points, weighed 2 : 8/3.
    weights = {"nib": 2.0, "daring": 8 / 3}
    differences, variances, spread = 0.0, 0.0, 0.0
    for service, weight in weights.items():
        share = weight / sum(weights.values())
        kiosk, counter = (
            [25.0 * value for value in given[service, channel]] for channel in ("kiosk", "counter")
        )
        difference, error, _ = welch(counter, kiosk)
        differences += share * difference
        variances += share**2 * error**2
        # Degrees of freedom of each service as they are rounded down, then of both together.
        spread += (share**2 * error**2) ** 2 / welch(counter, kiosk)[2]
    within = pair["within"]
    assert within["difference"] == pytest.approx(differences, abs=0.0051)
    t, freedom = differences / math.sqrt(variances), math.floor(variances**2 / spread)
    assert within["p"] == pytest.approx(two_sided(t, freedom), abs=6e-5)
    assert within["significant"] is True


def test_one_service_alone_has_nothing_to_pool(get: Get, give: Give) -> None:
    for value in (2, 3) * 6:
        give(scores=dict.fromkeys(SEVEN, value), point="ptsp-daring", answered_at=AFTER)
        give(scores=dict.fromkeys(SEVEN, value + 1), point="ptsp-kios", service="daring", answered_at=AFTER)
    one = get("units/ptsp/ikm/channels", period="2026-Q3", service="daring")["results"][0]
    [pair] = one["differences"]
    # The kiosk is judged one score higher than the link.
    assert pair["crude"]["difference"] == pair["within"]["difference"] == 25.0
    assert (one["mix"], one["confounded"], one["caution"]) == (None, False, None)
    assert pair["within"]["significant"] is True


def test_priorities(get: Get, faster: Any) -> None:
    [one] = get("units/ptsp/ikm/priorities", period="2026-Q3")["results"]
    scores = [element["ikm"] for element in one["elements"]]
    assert scores == sorted(scores)
    assert one["compared_with"]["code"] == "2026-Q2"
    assert (one["importance_source"], one["respondents"], one["every"]) == ("derived", 30, 1)
    by_key = {element["key"]: element for element in one["elements"]}
    assert by_key["waktu"]["change_rank"] == 9
    assert by_key["waktu"]["change"]["significant"] is True
    assert {element["quadrant"] for element in one["elements"]} <= {"concentrate", "keep", "low", "overkill"}
    assert {element["comment_share"] for element in one["elements"]} == {None}
    # Fewer than thirty answers: no importance, no quadrant.
    [few] = get("units/ptsp/ikm/priorities", period="2026-Q2")["results"]
    assert {element["importance"] for element in few["elements"]} == {None}
    assert few["compared_with"] is None


def test_units_that_cannot_be_told_apart_share_a_group(get: Get, give: Give) -> None:
    for value in (3, 4) * 6:
        give(value, answered_at=AFTER)
        give(min(4, value), point="timur-arsip-qr", answered_at=AFTER)
        give(value - 2, point="cabang-qr", answered_at=AFTER)
    found = get("ikm", under="kota", period="2026-Q3")["units"]
    shown = [(one["unit"]["code"], one["rank"], one["group"], one["tied"]) for one in found]
    # The eastern office has its branch's answers too: 2.5 on average, between the two.
    assert shown == [("ptsp", 1, 1, False), ("timur", 2, 2, False), ("timur-cabang", 3, 3, False)]


def test_a_unit_with_one_answer_belongs_to_no_group(get: Get, give: Give) -> None:
    give(4, answered_at=AFTER)
    for value in (3, 4, 3):
        give(value, point="cabang-qr", answered_at=AFTER)
    found = get("ikm", under="kota", period="2026-Q3")["units"]
    shown = {one["unit"]["code"]: (one["rank"], one["group"], one["tied"]) for one in found}
    assert shown == {"ptsp": (1, None, False), "timur": (2, 1, False), "timur-cabang": (2, 1, True)}


def test_the_trend_breaks_where_other_elements_were_asked(get: Get, give: Give) -> None:
    give(3, answered_at="2026-01-15T10:00:00+08:00")
    give(point="ptsp-daring", scores=dict.fromkeys(SEVEN, 3), answered_at=AFTER)
    points = get("units/ptsp/ikm/trend", by="quarter", **{"from": "2026-Q1", "to": "2026-Q4"})["points"]
    breaks = [point["break"] and [reason["code"] for reason in point["break"]] for point in points]
    assert breaks == [None, None, ["elements_changed"], None]


def test_the_interval_of_an_element(get: Get, give: Give) -> None:
    scores = [2, 3, 3, 4, 4, 1, 3, 3, 2, 4]
    for score in scores:
        give(scores={**dict.fromkeys(ELEMENTS, 4), "waktu": score}, answered_at=AFTER)
    elements = {one["key"]: one for one in get("units/ptsp/ikm", period="2026-Q3")["elements"]}
    # 2.2622 is the 97.5 % point of t with nine degrees of freedom.
    half = 2.2622 * math.sqrt(variance(scores) / 10)
    interval = elements["waktu"]["interval"]
    assert interval["nrr_low"] == pytest.approx(2.9 - half, abs=0.0006)
    assert interval["nrr_high"] == pytest.approx(2.9 + half, abs=0.0006)
    assert interval["low"] == pytest.approx(25 * (2.9 - half), abs=0.006)
    assert (interval["level"], interval["bound"]) == (0.95, False)
    assert elements["biaya"]["interval"] is None
    # 4384 users a year at this service, 1106 in the quarter.
    [known] = [
        one
        for one in get("units/ptsp/ikm", period="2026-Q3", service="nib")["elements"]
        if one["key"] == "waktu"
    ]
    smaller = half * math.sqrt(1 - 10 / 1106)
    assert known["interval"]["low"] == pytest.approx(25 * (2.9 - smaller), abs=0.006)
