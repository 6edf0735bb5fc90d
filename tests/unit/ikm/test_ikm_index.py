"""The index: the numbers of the reference, and the arithmetic faults that real systems have."""

from collections.abc import Callable
from fractions import Fraction

import pytest

from app.ikm.category import CategoryTable
from app.ikm.counts import Counts, UnknownQuestion, fold
from app.ikm.index import Element, Index, compute, lowest
from app.ikm.rounding import printed_ikm, printed_nrr
from app.ikm.scale import STANDARD, Scale
from app.ikm.weights import Weight, WeightNotApplicable, element_weight

Summing = Callable[[int, int], Counts]
Nine = tuple[Element, ...]

ASKED_IN_FORM_ORDER = (
    *("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku", "sarana"),
    "pengaduan",
)
ARTICLE_ORDER = tuple(Element(k, (k,)) for k in (*ASKED_IN_FORM_ORDER[:7], "pengaduan", "sarana"))
SUMS_OF_29 = (105, 101, 100, 116, 102, 105, 106, 105, 115)


def tally_of_29(summing: Summing) -> dict[str, Counts]:
    return {key: summing(29, total) for key, total in zip(ASKED_IN_FORM_ORDER, SUMS_OF_29, strict=True)}


def shared_sum(summing: Summing, n: int, total: int) -> dict[str, Counts]:
    """n answers to each of nine questions, with a sum over all of them, spread evenly."""
    each, more = divmod(total, 9)
    return {key: summing(n, each + (i < more)) for i, key in enumerate(ASKED_IN_FORM_ORDER)}


def as_printed(result: Index, table: CategoryTable) -> str:
    printed = printed_ikm(result.ikm)
    return f"{printed} {table.band_of(printed).mutu}"


def known(index: Index | None) -> Index:
    assert index is not None
    return index


@pytest.mark.parametrize(
    ("weight", "exact", "printed"),
    [
        (Weight.EXACT, Fraction(23875, 261), "91.48 A"),
        (Weight.LEGACY_0111, Fraction(955 * 25 * 111, 29 * 1000), "91.38 A"),
        (Weight.LEGACY_011, Fraction(955 * 25 * 11, 29 * 100), "90.56 A"),
    ],
)
def test_29_respondents_under_each_weight(
    summing: Summing, table: CategoryTable, weight: Weight, exact: Fraction, printed: str
) -> None:
    result = known(compute(ARTICLE_ORDER, tally_of_29(summing), STANDARD, weight))
    assert result.ikm == exact
    assert result.index * 25 == exact
    assert as_printed(result, table) == printed
    assert (result.asked, result.weight, result.scale) == (9, weight, STANDARD)


def test_29_respondents_element_by_element(summing: Summing, nine: Nine) -> None:
    result = known(compute(nine, tally_of_29(summing)))
    assert str(printed_nrr(result.index)) == "3.659"
    printed = {value.key: str(printed_nrr(value.nrr)) for value in result.elements if value.nrr}
    assert printed["persyaratan"] == "3.621"
    assert printed["waktu"] == "3.448"
    assert (printed["pengaduan"], printed["sarana"]) == ("3.966", "3.621")
    first = result.elements[0]
    assert (first.n, first.counts, first.total) == (29, (0, 0, 11, 18), 105)
    assert first.ikm(STANDARD) == Fraction(2625, 29)
    assert lowest(result) == ("waktu", "prosedur", "produk")


@pytest.mark.parametrize(
    ("total", "near", "printed"), [(524, "76.6082", "76.61 B"), (604, "88.3041", "88.30 B")]
)
def test_19_respondents_fall_into_the_holes_of_the_printed_table(
    summing: Summing, table: CategoryTable, total: int, near: str, printed: str
) -> None:
    result = known(compute(ARTICLE_ORDER, shared_sum(summing, 19, total)))
    assert result.ikm == Fraction(25 * total, 171)
    assert abs(result.ikm - Fraction(near)) < Fraction(1, 20000)
    assert as_printed(result, table) == printed


def test_rounding_the_nrr_early_would_give_another_category(table: CategoryTable) -> None:
    tally = {"a": Counts((0, 0, 2339, 161))}
    result = known(compute([Element("a", ("a",))], tally))
    assert result.index == Fraction("3.0644")
    assert str(printed_ikm(result.ikm)) == "76.61"
    assert table.classify(result.ikm).mutu == "B"
    assert table.classify(25 * Fraction("3.06")).mutu == "C"


def test_nine_perfect_elements_are_exactly_one_hundred(nine: Nine) -> None:
    tally = {element.key: Counts((0, 0, 0, 7)) for element in nine}
    assert known(compute(nine, tally)).ikm == 100
    assert str(printed_ikm(known(compute(nine, tally)).ikm)) == "100.00"
    for weight, best in ((Weight.LEGACY_0111, "99.90"), (Weight.LEGACY_011, "99.00")):
        assert str(printed_ikm(known(compute(nine, tally, STANDARD, weight)).ikm)) == best


@pytest.mark.parametrize(("true", "mutu"), [("88.31", "B"), ("89.19", "B"), ("89.21", "A")])
def test_the_shortest_weight_turns_an_a_into_a_b(table: CategoryTable, true: str, mutu: str) -> None:
    shortened = Fraction(true) * 9 * element_weight(Weight.LEGACY_011, 9)
    assert table.classify(Fraction(true)).mutu == "A"
    assert table.classify(shortened, Weight.LEGACY_011).mutu == mutu


@pytest.mark.parametrize("weight", [Weight.LEGACY_0111, Weight.LEGACY_011])
@pytest.mark.parametrize("elements", [1, 8, 10, 14])
def test_a_shortened_weight_belongs_to_nine_elements_only(weight: Weight, elements: int) -> None:
    with pytest.raises(WeightNotApplicable, match="nine elements"):
        element_weight(weight, elements)


def test_a_shortened_weight_over_eight_answered_elements_is_refused(nine: Nine) -> None:
    tally = {element.key: Counts((0, 0, 1, 1)) for element in nine[:8]}
    with pytest.raises(WeightNotApplicable):
        compute(nine, tally, STANDARD, Weight.LEGACY_0111)


def test_exact_weights() -> None:
    assert element_weight(Weight.EXACT, 9) == Fraction(1, 9)
    assert element_weight(Weight.EXACT, 14) == Fraction(1, 14)
    with pytest.raises(ValueError, match="at least one"):
        element_weight(Weight.EXACT, 0)


def test_the_divisor_is_the_answers_given_not_the_forms_returned() -> None:
    elements = [Element("a", ("a",)), Element("b", ("b",))]
    answers = [{"a": 4, "b": 2}, {"a": 4}, {"b": 3}, {}]
    result = known(compute(elements, fold(answers, ["a", "b"], STANDARD)))
    assert [value.nrr for value in result.elements] == [4, Fraction(5, 2)]
    assert result.ikm == Fraction(25 * 13, 4)


def test_an_element_not_asked_leaves_fewer_elements(nine: Nine) -> None:
    tally = {e.key: Counts((0, 0, 0, 2)) for e in nine if e.key not in {"kompetensi", "perilaku"}}
    tally["waktu"] = Counts((2, 0, 0, 0))
    tally["perilaku"] = Counts.zero(4)
    result = known(compute(nine, tally))
    assert result.asked == 7
    assert result.ikm == Fraction(25 * 25, 7)
    missing = result.elements[5]
    assert (missing.key, missing.nrr, missing.n, missing.ikm(STANDARD)) == ("kompetensi", None, 0, None)
    assert "kompetensi" not in lowest(result, 9)
    assert len(lowest(result, 9)) == 7


def test_questions_of_one_element_weigh_the_same_whatever_their_answers() -> None:
    elements = [Element("a", ("a1", "a2", "a3")), Element("b", ("b",))]
    tally = {"a1": Counts((1, 0, 0, 0)), "a2": Counts((0, 0, 0, 9)), "b": Counts((0, 0, 1, 0))}
    result = known(compute(elements, tally))
    assert result.elements[0].nrr == Fraction(1 + 4, 2)
    assert (result.elements[0].n, result.elements[0].counts, result.elements[0].total) == (
        10,
        (1, 0, 0, 9),
        37,
    )
    assert result.index == (Fraction(5, 2) + 3) / 2


def test_no_answer_no_result(nine: Nine) -> None:
    assert compute(nine, {}) is None
    assert compute(nine, fold([{}, {}], [e.key for e in nine], STANDARD)) is None
    assert compute([], {}) is None


def test_the_order_of_the_answers_does_not_move_them(summing: Summing, nine: Nine) -> None:
    tally = tally_of_29(summing)
    backwards = dict(reversed(tally.items()))
    assert compute(nine, backwards) == compute(nine, tally)


def test_another_scale() -> None:
    result = known(compute([Element("a", ("a",))], {"a": Counts((0, 0, 1, 0, 1))}, Scale(1, 5, 20)))
    assert (result.index, result.ikm) == (4, 80)


def test_ties_of_the_lowest_stay_in_article_order(nine: Nine) -> None:
    tally = {element.key: Counts((0, 0, 1, 0)) for element in nine} | {"sarana": Counts((0, 1, 0, 0))}
    result = known(compute(nine, tally))
    assert lowest(result) == ("sarana", "persyaratan", "prosedur")
    assert lowest(result, 1) == ("sarana",)


def test_a_tally_of_another_instrument_is_refused(nine: Nine) -> None:
    with pytest.raises(UnknownQuestion):
        compute(nine, {"maklumat": Counts((0, 0, 0, 1))})
    with pytest.raises(ValueError, match="different numbers"):
        compute(nine, {"waktu": Counts((0, 0, 1))})


@pytest.mark.parametrize(
    "elements", [[Element("a", ("q",)), Element("a", ("r",))], [Element("a", ("q",)), Element("b", ("q",))]]
)
def test_elements_and_questions_stand_once(elements: list[Element]) -> None:
    with pytest.raises(ValueError, match="twice"):
        compute(elements, {})


@pytest.mark.parametrize("questions", [(), ("q", "q")])
def test_an_element_has_questions_each_once(questions: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="one or more"):
        Element("a", questions)
