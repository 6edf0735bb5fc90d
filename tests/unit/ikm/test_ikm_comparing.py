"""Corrections, comparability, ties and priorities, on cases that can be followed by hand."""

from decimal import Decimal
from fractions import Fraction
from random import Random
from statistics import correlation as pearson

import pytest

from app.ikm.changes import Change, untested
from app.ikm.comparability import Basis, Reason, homogeneity, reasons_of
from app.ikm.estimates import Estimate
from app.ikm.multiple import holm
from app.ikm.priority import (
    CrossSums,
    Quadrant,
    Signal,
    centre,
    correlation,
    derived_importance,
    priorities,
)
from app.ikm.ties import groups_of

BASIS = Basis("skm-2017@1", "2017", frozenset({"waktu", "biaya"}), "pooled", "exact")


def test_holm_on_four_tests() -> None:
    # 0.005 x 4, 0.01 x 3, 0.03 x 2, and 0.04 x 1 which may not fall below the one before.
    values = {"a": "0.01", "b": "0.04", "c": "0.03", "d": "0.005"}
    found = holm({key: Decimal(value) for key, value in values.items()})
    assert found == {
        key: Decimal(p) for key, p in {"a": "0.03", "b": "0.06", "c": "0.06", "d": "0.02"}.items()
    }
    assert holm({"a": Decimal("0.7"), "b": Decimal("0.6")}) == {"a": 1, "b": 1}
    assert holm({}) == {}


def test_nothing_speaks_against_the_same_basis() -> None:
    assert reasons_of(BASIS, BASIS) == ()


@pytest.mark.parametrize(
    ("changed", "reason", "blocks"),
    [
        ({"instrument": "skm-2017@2"}, Reason.INSTRUMENT, True),
        ({"elements": frozenset({"waktu"})}, Reason.ELEMENTS, True),
        ({"rollup": "mean_of_units"}, Reason.ROLLUP, True),
        ({"weight": "0.11"}, Reason.WEIGHT, True),
        ({"source": "report"}, Reason.SOURCE, True),
        ({"categories": "2014"}, Reason.CATEGORIES, False),
    ],
)
def test_each_difference_of_the_basis_is_named(
    changed: dict[str, object], reason: Reason, blocks: bool
) -> None:
    values = {name: getattr(BASIS, name) for name in BASIS.__slots__}
    other = Basis(**{**values, **changed})  # type: ignore[arg-type]
    assert reasons_of(BASIS, other) == reasons_of(other, BASIS) == (reason,)
    assert reason.blocks is blocks


def test_a_mix_that_moved() -> None:
    # Expected everywhere 50: four times 20^2 / 50 = 32, V = sqrt(32 / 200) = 0.4.
    found = homogeneity([{"qr": 70, "kiosk": 30}, {"qr": 30, "kiosk": 70}])
    assert found is not None
    assert found.effect == Fraction(2, 5)
    assert found.p < Decimal("0.00001")
    assert found.differs


def test_many_answers_do_not_make_a_trifle_a_change() -> None:
    # 51 : 49 against 49 : 51 of ten thousand each: chi-square 8, significant, and V = 0.02.
    found = homogeneity([{"qr": 5100, "kiosk": 4900}, {"qr": 4900, "kiosk": 5100}])
    assert found is not None
    assert found.effect == Fraction(1, 50)
    assert found.p < Decimal("0.05")
    assert not found.differs


def test_few_answers_do_not_make_chance_a_change() -> None:
    found = homogeneity([{"qr": 3, "kiosk": 2}, {"qr": 2, "kiosk": 3}])
    assert found is not None
    assert found.effect == Fraction(1, 5)
    assert not found.differs


@pytest.mark.parametrize(
    "rows", [[], [{"qr": 5}], [{"qr": 5}, {"qr": 9}], [{"qr": 5, "kiosk": 1}, {"qr": 0}]]
)
def test_a_mix_of_one_kind_cannot_move(rows: list[dict[object, int]]) -> None:
    assert homogeneity(rows) is None


def figure(value: int) -> Estimate:
    """With a standard error of one point and many answers."""
    return Estimate(Fraction(value), Fraction(1), 200)


def test_a_chain_of_small_steps_ties_not_the_first_to_the_last() -> None:
    # Neighbours are 3 points apart, which is within chance; the first and the last are 15 apart, which is not.
    assert groups_of([figure(95 - 3 * step) for step in range(6)]) == [1, 1, 2, 2, 3, 3]


def test_equal_units_share_one_group_and_different_ones_do_not() -> None:
    assert groups_of([figure(80)] * 4) == [1, 1, 1, 1]
    assert groups_of([figure(90), figure(80), figure(70)]) == [1, 2, 3]
    assert groups_of([]) == []


def test_a_unit_of_which_nothing_is_known_neither_leads_nor_belongs() -> None:
    unknown = Estimate(Fraction(100), None, 1)
    assert groups_of([unknown, figure(80), None, figure(79), figure(60)]) == [None, 1, None, 1, 2]


def sums_of(pairs: list[tuple[int, int]]) -> CrossSums:
    return sum(
        (
            CrossSums(1, Fraction(x), Fraction(x * x), Fraction(y), Fraction(y * y), Fraction(x * y))
            for x, y in pairs
        ),
        start=CrossSums.zero(),
    )


def test_correlation_is_pearsons() -> None:
    chance = Random(29)
    pairs = [
        (x, min(4, max(1, x + chance.choice((-1, 0, 0, 1))))) for x in chance.choices((1, 2, 3, 4), k=60)
    ]
    found = correlation(sums_of(pairs))
    expected = pearson([x for x, _ in pairs], [y for _, y in pairs])
    assert float(found or 0) == pytest.approx(expected, abs=1e-12)
    assert correlation(sums_of([(3, 1), (3, 4)])) is None
    # Too few respondents say nothing.
    assert derived_importance({"a": sums_of(pairs[:29]), "b": sums_of(pairs[:30])}).keys() == {"b"}


@pytest.fixture
def four() -> dict[str, Fraction]:
    return {key: Fraction(value) for key, value in {"a": 90, "b": 70, "c": 85, "d": 75}.items()}


def test_priorities_from_every_side(four: dict[str, Fraction]) -> None:
    importance = {"a": Fraction(8, 10), "b": Fraction(9, 10), "c": Fraction(1, 10), "d": Fraction(2, 10)}
    changes = {"a": untested(Fraction(-5)), "b": untested(Fraction(2)), "c": untested(Fraction(-5))}
    found = priorities(four, changes, {"d": 3, "a": 1, "antre": 50}, importance)
    assert [one.key for one in found] == ["b", "d", "c", "a"]
    assert [one.score_rank for one in found] == [1, 2, 3, 4]
    by_key = {one.key: one for one in found}
    assert [by_key[key].change_rank for key in "abcd"] == [1, 3, 1, None]
    # A topic that is no element does not count.
    assert [by_key[key].topic_share for key in "abcd"] == [Fraction(1, 4), 0, 0, Fraction(3, 4)]
    assert [by_key[key].topic_rank for key in "abcd"] == [2, None, None, 1]
    # Means: performance 80, importance 0.5.
    quadrants = {key: by_key[key].quadrant for key in "abcd"}
    assert quadrants == {
        "a": Quadrant.KEEP,
        "b": Quadrant.CONCENTRATE,
        "c": Quadrant.OVERKILL,
        "d": Quadrant.LOW,
    }
    assert [by_key[key].importance_rank for key in "abcd"] == [2, 1, 4, 3]


def test_why_an_element_asks_to_be_improved(four: dict[str, Fraction]) -> None:
    def moved(points: int, *, significant: bool = True) -> Change:
        return Change(Fraction(points), None, None, None, significant=significant)

    importance = {"a": Fraction(8, 10), "b": Fraction(9, 10), "c": Fraction(1, 10), "d": Fraction(2, 10)}
    changes = {"a": moved(-5), "b": moved(2), "c": moved(-5, significant=False), "d": moved(-1)}
    found = {one.key: one for one in priorities(four, changes, {"a": 9, "b": 1}, importance)}
    # The mean is 80: a and c are above it. What citizens praise most, a, is no fault of it.
    assert found["b"].signals == (Signal.LOWEST, Signal.IMPORTANT)
    assert found["d"].signals == (Signal.LOWEST, Signal.FALLING)
    assert found["a"].signals == (Signal.FALLING,)
    assert found["c"].signals == ()
    [talked, *_] = priorities(four, topics={"a": 1, "b": 2})
    assert talked.signals == (Signal.LOWEST, Signal.TALKED_ABOUT)
    assert centre(found.values()) == (80, Fraction(1, 2))
    assert centre([found["a"]]) is None
    # Where all are alike nothing is low.
    alike = dict.fromkeys(four, Fraction(90))
    assert {one.signals for one in priorities(alike, topics={"a": 5})} == {()}
    assert priorities({}) == []


def test_what_is_not_known_is_left_open(four: dict[str, Fraction]) -> None:
    for one in priorities(four):
        unknown = (one.change, one.change_rank, one.topic_share, one.topic_rank, one.importance, one.quadrant)
        assert unknown == (None,) * 6
        assert one.topics == 0


def test_ties_keep_the_order_of_the_article() -> None:
    same = {key: Fraction(80) for key in ("persyaratan", "waktu", "biaya")}
    assert [(one.key, one.score_rank) for one in priorities(same)] == [
        ("persyaratan", 1),
        ("waktu", 1),
        ("biaya", 1),
    ]
