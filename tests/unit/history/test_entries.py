"""A line of history: figures as reports print them, under the rule of then, faults by column."""

from datetime import date
from typing import Any

import pytest

from app.core.places import SURVEYS
from app.history.entries import Entry, Faulty, entry_of, rule_in, scaled
from app.history.service import packed, unpacked
from app.instruments.rules import rules_of

RULES = rules_of(SURVEYS)
SERVICES = frozenset({"nib"})


def entry(**cells: Any) -> Entry:
    return entry_of({"period": "2016", "ikm": "78,15", **cells}, RULES, SERVICES, "Laporan 2016")


def faults(**cells: Any) -> list[str]:
    with pytest.raises(Faulty) as refused:
        entry(**cells)
    return [f"{one.pointer} {one.code}" for one in refused.value.errors]


def test_the_rules_name_their_elements() -> None:
    assert {one.id: len(one.elements) for one in RULES.values()} == {"2004": 14, "2014": 9, "2017": 9}
    # In 2014 the eighth element was the service pledge; there were no facilities.
    assert RULES["2014"].elements["U8"]["id"] == "Maklumat Pelayanan"
    assert "Sarana" not in str(RULES["2014"].elements)
    assert RULES["2017"].elements["U9"]["id"] == "Sarana dan Prasarana"
    assert RULES["2004"].elements["U14"]["id"] == "Keamanan pelayanan"


def test_a_result_is_kept_as_printed() -> None:
    found = entry(ikm="91,77", U1="3,271", U8=3.05, respondents="150", mutu="b").result
    assert found is not None
    assert (found.rule, found.ikm, found.respondents, found.mutu) == ("2014", 9177, 150, "B")
    assert found.nrr == {"U1": 3271, "U8": 3050}


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("91,77", 9177),
        ("91.77", 9177),
        (91.77, 9177),
        (91, 9100),
        ("25", 2500),
        ("100,0", 10000),
        (88.3, 8830),
    ],
)
def test_numbers_as_they_are_typed(cell: Any, value: int) -> None:
    assert scaled(cell, 2) == value


@pytest.mark.parametrize("cell", ["91,777", "94.45%", "91,77 Seme", 91.777, True, "1e2", "-30", "9 1"])
def test_what_is_no_number(cell: Any) -> None:
    assert faults(ikm=cell) == ["/ikm ikm_invalid"]


@pytest.mark.parametrize("cell", ["24,99", "100,01", "0", 3.6])
def test_what_is_no_ikm(cell: Any) -> None:
    assert faults(ikm=cell) == ["/ikm ikm_range"]


@pytest.mark.parametrize(
    ("year", "rule"),
    [
        (2004, "2004"),
        (2013, "2004"),
        (2014, None),
        (2015, "2014"),
        (2016, "2014"),
        (2017, None),
        (2018, "2017"),
    ],
)
def test_the_rule_of_a_year(year: int, rule: str | None) -> None:
    assert rule_in(year) == rule
    assert (faults(period=str(year)) == ["/rule rule_missing"]) if rule is None else entry(period=str(year))


def test_a_year_in_which_the_rule_changed_takes_what_is_said() -> None:
    found = entry(period="2017-S1", rule=2014).result
    assert found is not None
    assert found.rule == "2014"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"period": "TW II 2016"}, ["/period period_invalid"]),
        ({"rule": "2010"}, ["/rule rule_unknown"]),
        ({"service": "pbg"}, ["/service service_unknown"]),
        ({"U10": "3"}, ["/U10 element_unknown"]),
        (
            {"U1": "4,5", "U2": "0,9", "U3": "3,2711"},
            ["/U1 nrr_invalid", "/U2 nrr_invalid", "/U3 nrr_invalid"],
        ),
        ({"mutu": "Baik"}, ["/mutu mutu_invalid"]),
        ({"respondents": "0"}, ["/respondents count_invalid"]),
        ({"respondents": "12,5"}, ["/respondents count_invalid"]),
        ({"source": "x" * 301}, ["/source source_invalid"]),
        ({"ikm": None}, ["/ikm ikm_missing"]),
        ({"ikm": None, "mutu": "B"}, ["/ikm ikm_missing"]),
        ({"planned": "4"}, ["/finished follow_up_incomplete"]),
        ({"planned": "4", "finished": "5"}, ["/finished more_finished_than_planned"]),
        (
            {"planned": "4", "finished": "3", "all_finished_on": "2017-05-02"},
            ["/all_finished_on not_all_finished"],
        ),
        (
            {"planned": 4, "finished": 4, "report_issued_on": "2017-05-03", "all_finished_on": "2/5/2017"},
            ["/all_finished_on finished_before_report"],
        ),
        ({"planned": 1, "finished": 1, "report_issued_on": "kemarin"}, ["/report_issued_on day_invalid"]),
        ({"service": "nib", "planned": 1, "finished": 1}, ["/planned service_given"]),
    ],
)
def test_what_is_refused(cells: dict[str, Any], expected: list[str]) -> None:
    assert faults(**cells) == expected


def test_fourteen_elements_fit_the_rule_of_2004_only() -> None:
    codes = {f"U{number}": "3" for number in range(1, 15)}
    found = entry(period="2013", **codes).result
    assert found is not None
    assert found.nrr is not None
    assert len(found.nrr) == 14
    assert len(faults(**codes)) == 5


def test_a_preview_carries_everything() -> None:
    found = [
        entry(U1="3,271", mutu="B", respondents=150),
        entry(
            ikm=None,
            planned=4,
            finished=4,
            report_issued_on=date(2017, 1, 10),
            all_finished_on="2017-05-02",
        ),
    ]
    assert unpacked(packed(found)) == found
    assert found[1].follow_up is not None
    assert found[1].follow_up.all_finished_on == date(2017, 5, 2)
