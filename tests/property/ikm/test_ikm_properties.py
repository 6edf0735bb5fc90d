"""What must hold for any answers: the index, tallies, roll-ups, rounding and categories."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from app.ikm.category import CategoryTable
from app.ikm.counts import Counts, fold, merge
from app.ikm.index import Element, Index, compute, lowest
from app.ikm.intervals import RESPONDENT_UNIT, respondent_mean
from app.ikm.rollup import mean_of_units, pooled
from app.ikm.rounding import printed_ikm, round_half_up
from app.ikm.scale import STANDARD
from app.ikm.weights import Weight

NINE = tuple(Element(f"u{i}", (f"u{i}",)) for i in range(1, 10))
ELEMENTS = (Element("a", ("a1", "a2")), Element("b", ("b",)), Element("c", ("c1", "c2", "c3")))
QUESTIONS = tuple(question for element in ELEMENTS for question in element.questions)

scores = st.integers(1, 4)
rows = st.lists(st.dictionaries(st.sampled_from(QUESTIONS), scores), max_size=30)
complete = st.lists(st.fixed_dictionaries({element.key: scores for element in NINE}), min_size=1, max_size=30)
counts = st.tuples(*[st.integers(0, 10**7)] * 4).map(Counts)
tallies = st.dictionaries(st.sampled_from(QUESTIONS), counts)


def tally_of(answers: list[dict[str, int]]) -> dict[str, Counts]:
    return fold(answers, QUESTIONS, STANDARD)


def by_hand(answers: list[dict[str, int]]) -> Fraction | None:
    """The IKM by the formula, straight from the rows."""
    rates = []
    for element in ELEMENTS:
        given_to = [[row[q] for row in answers if q in row] for q in element.questions]
        means = [Fraction(sum(values), len(values)) for values in given_to if values]
        if means:
            rates.append(sum(means, start=Fraction(0)) / len(means))
    return 25 * sum(rates, start=Fraction(0)) / len(rates) if rates else None


@given(rows)
def test_the_index_is_the_formula(answers: list[dict[str, int]]) -> None:
    result = compute(ELEMENTS, tally_of(answers))
    assert (None if result is None else result.ikm) == by_hand(answers)


@given(tallies)
def test_the_result_stays_on_its_scale(tally: dict[str, Counts]) -> None:
    result = compute(ELEMENTS, tally)
    assume(result is not None)
    assert isinstance(result, Index)
    assert 25 <= result.ikm <= 100
    assert all(1 <= value.nrr <= 4 for value in result.elements if value.nrr is not None)
    assert result.asked == sum(value.n > 0 for value in result.elements)


@given(rows, st.integers())
def test_the_order_of_respondents_does_not_matter(answers: list[dict[str, int]], seed: int) -> None:
    shuffled = answers.copy()
    Random(seed).shuffle(shuffled)
    assert tally_of(shuffled) == tally_of(answers)


@given(rows, st.integers(0, 30))
def test_parts_folded_apart_give_the_whole(answers: list[dict[str, int]], cut: int) -> None:
    assert merge(tally_of(answers[:cut]), tally_of(answers[cut:])) == tally_of(answers)


@given(rows)
def test_folding_counts_every_answer_once(answers: list[dict[str, int]]) -> None:
    expected = {
        question: Counts(tuple(sum(row.get(question) == score for row in answers) for score in (1, 2, 3, 4)))
        for question in QUESTIONS
    }
    assert tally_of(answers) == expected


@given(tallies, tallies, tallies)
def test_merging_is_associative_and_commutative(
    one: dict[str, Counts], two: dict[str, Counts], three: dict[str, Counts]
) -> None:
    assert merge(merge(one, two), three) == merge(one, merge(two, three)) == merge(one, two, three)
    assert merge(one, two) == merge(two, one)
    assert merge(one, {}) == one


@given(complete)
def test_shortened_weights_only_lower_the_result(answers: list[dict[str, int]]) -> None:
    tally = fold(answers, [element.key for element in NINE], STANDARD)
    exact, longer, shorter = (compute(NINE, tally, STANDARD, weight) for weight in Weight)
    assert exact is not None
    assert longer is not None
    assert shorter is not None
    assert shorter.ikm < longer.ikm < exact.ikm
    assert (longer.ikm, shorter.ikm) == (exact.ikm * Fraction("0.999"), exact.ikm * Fraction("0.99"))
    assert lowest(shorter) == lowest(exact)


@given(tallies)
def test_one_unit_pooled_or_averaged_is_that_unit(tally: dict[str, Counts]) -> None:
    alone = compute(ELEMENTS, tally)
    assert pooled(ELEMENTS, [tally]) == alone
    assert mean_of_units([alone] if alone else []) == alone


@given(st.lists(tallies, min_size=1, max_size=5))
def test_a_roll_up_lies_between_its_units(units: list[dict[str, Counts]]) -> None:
    results = [result for unit in units if (result := compute(ELEMENTS, unit))]
    assume(results)
    mean, ikms = mean_of_units(results), [result.ikm for result in results]
    assert mean is not None
    assert min(ikms) <= mean.ikm <= max(ikms)
    together = pooled(ELEMENTS, units)
    assert together is not None
    assert [value.counts for value in mean.elements] == [value.counts for value in together.elements]
    assert [value.total for value in mean.elements] == [value.total for value in together.elements]


@given(complete)
def test_the_mean_of_respondents_is_the_index_when_nothing_is_missing(answers: list[dict[str, int]]) -> None:
    means = [respondent_mean(row, NINE) for row in answers]
    result = compute(NINE, fold(answers, [element.key for element in NINE], STANDARD))
    assert result is not None
    assert sum(mean for mean in means if mean) == result.index * RESPONDENT_UNIT * len(answers)


@given(st.dictionaries(st.sampled_from(QUESTIONS), scores))
def test_a_respondents_mean_is_that_of_one_answer_sheet(row: dict[str, int]) -> None:
    ikm, mean = by_hand([row]), respondent_mean(row, ELEMENTS)
    assert mean == (None if ikm is None else ikm / 25 * RESPONDENT_UNIT)


@given(st.fractions(-1000, 1000), st.integers(0, 6))
def test_rounding_agrees_with_decimal(value: Fraction, places: int) -> None:
    rounded = round_half_up(value, places)
    assert rounded.as_tuple().exponent == -places
    assert (
        abs(rounded - value.numerator / Decimal(value.denominator))
        <= Decimal("0.5001") * Decimal(10) ** -places
    )
    with localcontext(prec=60, rounding=ROUND_HALF_UP):
        exact = value.numerator / Decimal(value.denominator)
        assert rounded == exact.quantize(Decimal(1).scaleb(-places))


@given(st.fractions(25, 100))
def test_a_category_is_that_of_the_printed_number(table: CategoryTable, ikm: Fraction) -> None:
    band, printed = table.classify(ikm), printed_ikm(ikm)
    assert band.lower <= printed <= band.upper
    assert table.band_of(printed) == band


@given(st.fractions(25, 100), st.fractions(25, 100))
def test_a_higher_ikm_never_has_a_lower_category(table: CategoryTable, one: Fraction, two: Fraction) -> None:
    low, high = sorted((one, two))
    assert table.classify(low).perception <= table.classify(high).perception
