"""What a plan may be, and how the fields of its form are read."""

from dataclasses import replace
from datetime import date

import pytest

from app.core.errors import InvalidInput
from app.ikm.periods import parse
from app.plans.drafts import Wanted, draft_of
from app.plans.sizes import sizes_of
from app.plans.typed import count, hundredths, read, values_of
from app.plans.wording import per_cent

Q3 = parse("2026-Q3")
WANTED = Wanted(Q3, "krejcie_morgan_table", population=1105)


def test_what_is_not_said_is_the_whole_period_and_the_registry() -> None:
    draft = draft_of(replace(WANTED, population=None), 1106)
    assert (draft.first_day, draft.last_day) == (date(2026, 7, 1), date(2026, 9, 30))
    assert (draft.population, draft.population_origin, draft.target) == (1106, "registry", 291)
    assert (draft.margin, draft.confidence, draft.note) == (None, None, None)


@pytest.mark.parametrize(
    ("method", "target"),
    [("krejcie_morgan_table", 291), ("krejcie_morgan_formula", 285), ("cochran", 286)],
)
def test_each_method_computes_its_own_target(method: str, target: int) -> None:
    # N = 1105 by hand. Table: the row of 1200. Formula: 3.841 * 1105 / 4 / (1104 / 400 + 3.841 / 4) = 285.2.
    # Cochran: 384.16 / (1 + 383.16 / 1105) = 285.2, rounded up.
    draft = draft_of(replace(WANTED, method=method, target=7), None)
    assert (draft.target, draft.population_origin) == (target, "stated")
    assert {size.method: size.sample for size in sizes_of(1105)}[method] == target


def test_cochran_remembers_what_it_was_asked_for() -> None:
    draft = draft_of(replace(WANTED, method="cochran", margin=1000, confidence=90), None)
    # n0 = 1.645^2 / 4 / 0.01 = 67.65; 67.65 / (1 + 66.65 / 1105) = 63.8.
    assert (draft.target, draft.margin, draft.confidence) == (64, 1000, 90)
    assert draft_of(replace(WANTED, margin=1000, confidence=90), None).margin is None


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"population": None}, ["/population population_missing"]),
        ({"population": 0}, ["/population population_range"]),
        ({"first_day": date(2026, 6, 30)}, ["/first_day day_outside"]),
        ({"last_day": date(2026, 10, 1)}, ["/last_day day_outside"]),
        (
            {"first_day": date(2026, 9, 2), "last_day": date(2026, 9, 1)},
            ["/last_day window_invalid"],
        ),
        ({"method": "150"}, ["/method method_unknown"]),
        ({"method": "own_number"}, ["/target target_missing"]),
        ({"method": "own_number", "target": 1106}, ["/target target_above_population"]),
        (
            {"method": "cochran", "margin": 0, "confidence": 80},
            ["/margin margin_range", "/confidence confidence_unknown"],
        ),
        ({"note": "x" * 501}, ["/note note_too_long"]),
        ({"note": "\0"}, ["/note note_too_long"]),
    ],
)
def test_what_a_plan_may_not_be(changes: dict[str, object], faults: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        draft_of(replace(WANTED, **changes), None)  # type: ignore[arg-type]
    assert [f"{one.pointer} {one.code}" for one in refused.value.errors] == faults


@pytest.mark.parametrize(
    ("text", "value"), [("", None), ("5", 500), ("2,5", 250), ("2.5 %", 250), ("0,75", 75), ("12%", 1200)]
)
def test_percentages_as_people_type_them(text: str, value: int | None) -> None:
    assert hundredths(text) == value


@pytest.mark.parametrize("text", ["lima", "1,234", "-5", "5,", "1.2.3"])
def test_what_is_no_percentage(text: str) -> None:
    with pytest.raises(ValueError, match="percentage"):
        hundredths(text)


def test_percentages_come_back_as_they_were_typed() -> None:
    assert [per_cent(one, "id") for one in (500, 250, 75, 1205)] == ["5", "2,5", "0,75", "12,05"]
    assert per_cent(250, "en") == "2.5"


@pytest.mark.parametrize(("text", "value"), [("", None), ("4384", 4384), ("4.384", 4384), ("4 384", 4384)])
def test_counts_as_people_type_them(text: str, value: int | None) -> None:
    assert count(text) == value


@pytest.mark.parametrize("text", ["banyak", "12,5", "1.23", "-1", "9" * 19])
def test_what_is_no_count(text: str) -> None:
    with pytest.raises(ValueError, match="whole number"):
        count(text)


def test_every_fault_of_a_form_is_told_at_once() -> None:
    values = values_of(
        {
            "period": "2026-Q5",
            "first_day": "2026-02-30",
            "population": "?",
            "method": "cochran",
            "margin": "x",
        }
    )
    found = read(values)
    assert found.wanted is None
    assert [one.pointer for one in found.errors] == ["/period", "/first_day", "/population", "/margin"]
