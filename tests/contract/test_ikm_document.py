"""`GET /api/v1/units/{code}/ikm`: the document of the contract, member by member, and its figures."""

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import col, select
from starlette.testclient import TestClient

from app.core.db import Database
from app.responses.exclusion import set_state
from app.responses.tables import Response

# Sums of 29 respondents in the order asked (reference, section 9).
SUMS = (105, 101, 100, 116, 102, 105, 106, 105, 115)
# The 97.5 % quantile of Student's t with 28 degrees of freedom, from a printed table.
T_28 = 2.0484
Get = Callable[..., Any]
Rows = Callable[[int, Sequence[int]], list[dict[str, int]]]
Give = Callable[..., None]


@pytest.fixture
def get(client: TestClient, token: Callable[..., dict[str, str]]) -> Get:
    """The IKM of a unit as the evaluator of the whole city sees it."""
    headers = token("kota")

    def ikm(unit: str = "ptsp", period: str = "2026-Q3", **more: Any) -> Any:
        response = client.get(f"/api/v1/units/{unit}/ikm", params={"period": period, **more}, headers=headers)
        assert response.status_code == 200, response.text
        return response.json()

    return ikm


@pytest.fixture
def survey(rows_of: Rows, give: Give) -> list[dict[str, int]]:
    """The 29 respondents of the reference, at one service."""
    rows = rows_of(29, SUMS)
    for row in rows:
        give(scores=row)
    return rows


def test_the_document_has_every_member_of_the_contract(get: Get, survey: object) -> None:
    found = get()
    assert found.keys() >= {
        *("unit", "service", "period", "instrument", "weight", "rollup", "respondents", "excluded", "ikm"),
        *("index", "exact", "category", "interval", "elements", "lowest", "as_of"),
    }
    assert found["unit"] == {"code": "ptsp", "name": "Pelayanan Terpadu"}
    assert found["service"] is None
    assert found["period"] == {"code": "2026-Q3", "start": "2026-07-01", "end": "2026-10-01"}
    assert (found["instrument"], found["weight"], found["rollup"]) == ("skm-2017@1", "exact", "pooled")
    assert (found["respondents"], found["excluded"]) == (29, 0)
    assert (found["ikm"], found["index"]) == (91.48, 3.659)
    assert found["exact"] == {"numerator": 23875, "denominator": 261}
    assert found["category"] == {"mutu": "A", "kinerja": "Sangat baik"}
    assert found["interval"].keys() == {"level", "low", "high", "category_certain"}
    assert found["lowest"] == ["waktu", "prosedur", "produk"]
    assert datetime.fromisoformat(found["as_of"]).isoformat() == "2026-10-15T03:00:00+00:00"


def test_the_elements_stand_in_article_order(get: Get, survey: object) -> None:
    elements = get()["elements"]
    assert [(one["code"], one["key"]) for one in elements] == [
        ("U1", "persyaratan"),
        ("U2", "prosedur"),
        ("U3", "waktu"),
        ("U4", "biaya"),
        ("U5", "produk"),
        ("U6", "kompetensi"),
        ("U7", "perilaku"),
        ("U8", "pengaduan"),
        ("U9", "sarana"),
    ]
    assert elements[0] == {
        "key": "persyaratan",
        "code": "U1",
        "name": "Persyaratan",
        "n": 29,
        "counts": [0, 0, 11, 18],
        "sum": 105,
        "nrr": 3.621,
        "ikm": 90.52,
        "category": "A",
        "interval": elements[0]["interval"],
    }
    # U8 is complaints with 115, U9 facilities with 105: never the other way round.
    assert [(one["sum"], one["nrr"]) for one in elements[7:]] == [(115, 3.966), (105, 3.621)]
    assert elements[2]["counts"] == [0, 0, 16, 13]
    # 100 : 29 = 3.4483, times 25 = 86.21.
    assert (elements[2]["nrr"], elements[2]["ikm"], elements[2]["category"]) == (3.448, 86.21, "B")
    # Everybody gave the fee a four.
    assert (elements[3]["nrr"], elements[3]["ikm"]) == (4.0, 100.0)


def test_numbers_and_words_have_the_types_of_the_contract(get: Get, survey: object) -> None:
    found = get()
    for key in ("respondents", "excluded"):
        assert type(found[key]) is int
    for key in ("ikm", "index"):
        assert type(found[key]) is float
    assert {type(value) for value in found["exact"].values()} == {int}
    assert {type(count) for one in found["elements"] for count in one["counts"]} == {int}
    assert found["interval"]["level"] == 0.95
    assert type(found["interval"]["category_certain"]) is bool


@pytest.mark.parametrize(
    ("weight", "ikm", "mutu"), [("exact", 91.48, "A"), ("0.111", 91.38, "A"), ("0.11", 90.56, "A")]
)
def test_each_weight_prints_its_own_figure(
    get: Get, survey: object, weight: str, ikm: float, mutu: str
) -> None:
    found = get(weight=weight)
    assert (found["weight"], found["ikm"], found["category"]["mutu"]) == (weight, ikm, mutu)


def test_the_interval_without_a_known_population(get: Get, survey: list[dict[str, int]]) -> None:
    # The unit's other service does not know its users, so no correction for a small population.
    means = [sum(row.values()) / 9 for row in survey]
    center = sum(means) / 29
    spread = math.sqrt(sum((mean - center) ** 2 for mean in means) / 28)
    half = 25 * T_28 * spread / math.sqrt(29)
    interval = get()["interval"]
    assert interval["low"] == pytest.approx(25 * center - half, abs=0.006)
    assert interval["high"] == pytest.approx(25 * center + half, abs=0.006)
    assert interval["category_certain"] is (25 * center - half >= 88.31)


def test_the_interval_of_a_service_with_a_known_population(get: Get, survey: list[dict[str, int]]) -> None:
    # 4384 users a year; the third quarter has 92 of 365 days, so 1105.008, rounded up.
    means = [sum(row.values()) / 9 for row in survey]
    center = sum(means) / 29
    spread = math.sqrt(sum((mean - center) ** 2 for mean in means) / 28)
    half = 25 * T_28 * spread / math.sqrt(29) * math.sqrt(1 - 29 / 1106)
    found = get(service="nib")
    assert found["service"] == {"code": "nib", "name": "Penerbitan NIB"}
    assert (found["ikm"], found["respondents"]) == (91.48, 29)
    assert found["interval"]["low"] == pytest.approx(25 * center - half, abs=0.006)
    assert found["interval"]["high"] == pytest.approx(25 * center + half, abs=0.006)


@pytest.mark.parametrize(
    ("total", "ikm", "exact"), [(524, 76.61, (13100, 171)), (604, 88.30, (15100, 171))], ids=["C-B", "B-A"]
)
def test_nineteen_respondents_reach_the_holes_of_the_printed_table(
    get: Get, rows_of: Rows, give: Give, total: int, ikm: float, exact: tuple[int, int]
) -> None:
    low, more = divmod(total, 9)
    for row in rows_of(19, [low + (place < more) for place in range(9)]):
        give(scores=row)
    found = get()
    assert (found["ikm"], found["category"]["mutu"]) == (ikm, "B")
    assert (found["exact"]["numerator"], found["exact"]["denominator"]) == exact
    # 25 times the printed index would give 76.60 C: nothing is rounded on the way.
    assert total != 524 or found["index"] == 3.064


def test_perfect_answers_give_exactly_one_hundred(get: Get, give: Give) -> None:
    for _ in range(7):
        give(4)
    found = get()
    assert (found["ikm"], found["index"], found["exact"]) == (
        100.0,
        4.0,
        {"numerator": 100, "denominator": 1},
    )
    # Seven times the same says nothing about how much answers differ.
    assert found["interval"] is None
    assert get(weight="0.11")["ikm"] == 99.0
    assert get(weight="0.111")["ikm"] == 99.9


def test_without_answers_there_is_no_figure(get: Get) -> None:
    for unit, service in (("kota", None), ("ptsp", None), ("ptsp", "daring"), ("timur-cabang", "salinan")):
        found = get(unit, **({"service": service} if service else {}))
        assert (found["respondents"], found["excluded"]) == (0, 0)
        assert [found[key] for key in ("ikm", "index", "exact", "category", "interval")] == [None] * 5
        assert found["lowest"] == []
        assert found["instrument"] == "skm-2017@1"
        assert [one["n"] for one in found["elements"]] == [0] * 9
        assert {one["nrr"] for one in found["elements"]} == {None}


def test_elements_that_are_not_asked_do_not_weigh(get: Get, give: Give) -> None:
    asked = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "sarana", "pengaduan")
    give(point="ptsp-daring", scores=dict(zip(asked, (4, 4, 4, 4, 3, 3, 3), strict=True)))
    found = get(service="daring")
    # 25 of 7 elements: 25 x 25 / 7.
    assert found["exact"] == {"numerator": 625, "denominator": 7}
    assert found["ikm"] == 89.29
    missing = {one["key"]: (one["n"], one["nrr"], one["ikm"], one["category"]) for one in found["elements"]}
    assert missing["kompetensi"] == missing["perilaku"] == (0, None, None, None)
    assert not {"kompetensi", "perilaku"} & set(found["lowest"])


def test_an_excluded_answer_leaves_the_figure_and_is_counted_apart(
    get: Get, give: Give, city: Database
) -> None:
    give(4, answered_at="2026-09-15T10:00:00+08:00")
    give(1, answered_at="2026-08-15T10:00:00+08:00")
    with city.write() as session:
        worst = session.exec(select(Response).where(col(Response.local_date) == date(2026, 8, 15))).one()
        set_state(session, worst.unit_id, [worst.id], "excluded")
    # Once from tallies, once from raw answers, once where only the excluded one lies.
    for period, respondents, ikm in (
        ("2026-Q3", 1, 100.0),
        ("2026-08-15..2026-09-15", 1, 100.0),
        ("2026-08", 0, None),
    ):
        found = get(period=period)
        assert (found["respondents"], found["excluded"], found["ikm"]) == (respondents, 1, ikm)
    assert get(period="2026-09")["excluded"] == 0


def test_names_follow_the_language(client: TestClient, token: Any, give: Give) -> None:
    give(3)
    headers = {**token("kota"), "Accept-Language": "en"}
    found = client.get("/api/v1/units/ptsp/ikm", params={"period": "2026"}, headers=headers).json()
    assert found["elements"][2]["name"] != "Waktu Penyelesaian"
    assert found["category"]["kinerja"] != "Kurang baik"
    assert found["category"]["mutu"] == "C"
