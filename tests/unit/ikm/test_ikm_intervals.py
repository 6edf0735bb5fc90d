"""Respondents' means, Student's t, and intervals against values worked out by hand."""

from decimal import Decimal
from fractions import Fraction
from math import gamma, pi, sqrt

import pytest

from app.ikm.category import CategoryTable
from app.ikm.counts import Counts, UnknownQuestion
from app.ikm.index import Element, Index, compute
from app.ikm.intervals import RESPONDENT_UNIT, Interval, Total, interval, interval_of_mean, respondent_mean
from app.ikm.rollup import mean_of_units
from app.ikm.scale import STANDARD
from app.ikm.student import quantile
from app.ikm.weights import Weight

Nine = tuple[Element, ...]

SUMS = (36, 34, 33, 32, 31, 30, 30, 29, 27, 27)
"""What ten respondents gave to nine elements together: 309, mean 30.9, squared deviations 76.9."""


def total_of(sums: tuple[int, ...]) -> Total:
    means = [score * 5040 for score in sums]
    return Total(len(means), sum(means), sum(mean * mean for mean in means))


def result_of(nine: Nine, sums: tuple[int, ...], weight: Weight = Weight.EXACT) -> Index:
    """Any answers with that sum: the index does not know who gave which."""
    high, n = sum(sums), len(sums)
    tally = {}
    for place, element in enumerate(nine):
        share = high // 9 + (place < high % 9)
        low, more = divmod(share, n)
        row = [0] * 5
        row[low - 1], row[low] = n - more, more
        tally[element.key] = Counts(tuple(row[:4]))
    index = compute(nine, tally, STANDARD, weight)
    assert index is not None
    return index


def test_the_mean_of_a_respondent_is_stored_exactly(nine: Nine) -> None:
    answers = {element.key: 4 for element in nine} | {"waktu": 3}
    assert respondent_mean(answers, nine) == Fraction(35, 9) * RESPONDENT_UNIT == 176400


def test_missing_answers_and_several_questions() -> None:
    elements = (Element("a", ("a1", "a2", "a3")), Element("b", ("b",)), Element("c", ("c",)))
    mean = (Fraction(4 + 1, 2) + 3) / 2
    assert respondent_mean({"a1": 4, "a3": 1, "b": 3}, elements) == mean * RESPONDENT_UNIT
    assert respondent_mean({}, elements) is None


def test_what_is_answered_beside_an_element_takes_no_part_in_anything() -> None:
    plain = (Element("a", ("a1", "a2")), Element("b", ("b",)))
    asked = (Element("a", ("a1", "a2"), ("weight_a",)), Element("b", ("b",), ("weight_b",)))
    answers = {"a1": 4, "a2": 3, "b": 2}
    mean = respondent_mean(answers, plain)
    assert mean == Fraction(7 + 4, 4) * RESPONDENT_UNIT
    assert respondent_mean(answers | {"weight_a": 1, "weight_b": 4}, asked) == mean
    # As many answers as elements, and one of them beside: no short way leads past it.
    assert respondent_mean({"b": 2, "weight_a": 4}, asked) == 2 * RESPONDENT_UNIT
    assert respondent_mean({"weight_a": 4}, asked) is None
    tally = {"a1": Counts((0, 0, 1, 2)), "a2": Counts((3, 0, 0, 0)), "b": Counts((0, 1, 1, 1))}
    beside = {"weight_a": Counts((9, 0, 0, 0)), "weight_b": Counts((0, 0, 0, 3))}
    assert compute(asked, tally | beside) == compute(plain, tally)
    with pytest.raises(UnknownQuestion):
        compute(plain, tally | beside)
    with pytest.raises(UnknownQuestion):
        respondent_mean(answers | {"weight_a": 1}, plain)
    with pytest.raises(ValueError, match="each once"):
        Element("a", ("a",), ("a",))
    with pytest.raises(ValueError, match="twice"):
        compute((Element("a", ("a",), ("b",)), Element("b", ("b",))), {})


def test_a_mean_that_does_not_fit_the_unit_is_rounded_half_up() -> None:
    eleven = tuple(Element(key, (key,)) for key in "abcdefghijk")
    answers = dict.fromkeys("abcdefghij", 1) | {"k": 2}
    assert Fraction(12, 11) * RESPONDENT_UNIT == Fraction(544320, 11)  # 49483.6...
    assert respondent_mean(answers, eleven) == 49484
    thirty_two = (Element("a", tuple(f"q{i}" for i in range(32))),)
    answers = {f"q{i}": 1 for i in range(32)} | {"q0": 2}
    assert Fraction(33, 32) * RESPONDENT_UNIT == Fraction(93555, 2)
    assert respondent_mean(answers, thirty_two) == 46778


def test_an_answer_to_no_question_is_refused(nine: Nine) -> None:
    with pytest.raises(UnknownQuestion):
        respondent_mean({"waktu": 4, "maklumat": 4}, nine)


def test_totals_add_up() -> None:
    assert total_of(SUMS[:4]) + total_of(SUMS[4:]) == total_of(SUMS)
    assert Total.zero() + total_of(SUMS) == total_of(SUMS)


def upper_tail(t: float, df: int) -> float:
    """P(T > t) by Simpson's rule on x = t + u/(1-u)."""
    norm = gamma((df + 1) / 2) / (sqrt(df * pi) * gamma(df / 2))

    def density(u: float) -> float:
        x = t + u / (1 - u)
        return norm * (1 + x * x / df) ** (-(df + 1) / 2) / (1 - u) ** 2

    steps, end = 4000, 1 - 1e-9
    h = end / steps
    inner = sum((4 if i % 2 else 2) * density(i * h) for i in range(1, steps))
    return (density(0) + inner + density(end)) * h / 3


@pytest.mark.parametrize("df", [*range(1, 31), 31, 40, 60, 120, 300])
def test_the_quantiles_of_student(df: int) -> None:
    t = float(quantile(df))
    slope = 0.00006 if df > 1 else 0.0006
    assert upper_tail(t - slope, df) > 0.025 > upper_tail(t + slope, df)


@pytest.mark.parametrize(
    ("df", "published"), [(40, "2.0211"), (60, "2.0003"), (120, "1.9799"), (10**7, "1.9600")]
)
def test_published_quantiles_beyond_the_table(df: int, published: str) -> None:
    assert abs(quantile(df) - Fraction(published)) <= Fraction(1, 20000)


def test_no_quantile_without_freedom() -> None:
    with pytest.raises(ValueError, match="at least one degree"):
        quantile(0)


@pytest.mark.parametrize(
    ("population", "low", "high"),
    # sqrt(76.9 / 9 / 10) x 25/9 = 2.567669; x 2.2622 = 5.808582; with N = 40 x sqrt(0.75) = 5.030380
    [(None, "80.02", "91.64"), (40, "80.80", "90.86"), (1_000_000, "80.02", "91.64")],
)
def test_ten_respondents_by_hand(
    nine: Nine, table: CategoryTable, population: int | None, low: str, high: str
) -> None:
    result = result_of(nine, SUMS)
    assert result.ikm == Fraction(515, 6)  # 85.83
    got = interval(result, total_of(SUMS), table, population)
    assert got == Interval(Decimal("0.95"), Decimal(low), Decimal(high), category_certain=False)


def test_a_shortened_weight_scales_the_interval(nine: Nine, table: CategoryTable) -> None:
    got = interval(result_of(nine, SUMS, Weight.LEGACY_011), total_of(SUMS), table)
    # 85.8333 x 0.99 = 84.975; 5.808582 x 0.99 = 5.750496
    assert got is not None
    assert (str(got.low), str(got.high)) == ("79.22", "90.73")


def test_a_category_is_certain_when_both_bounds_share_it(nine: Nine, table: CategoryTable) -> None:
    sums = (30, 29, 30, 29, 30, 29, 30, 29, 30, 29)
    got = interval(result_of(nine, sums), total_of(sums), table)
    # 295/90 x 25 = 81.9444; sqrt(2.5/9/10) x 25/9 x 2.2622 = 1.047315
    assert got == Interval(Decimal("0.95"), Decimal("80.90"), Decimal("82.99"), category_certain=True)


def test_an_interval_stays_on_the_scale(nine: Nine, table: CategoryTable) -> None:
    sums = (36, 36, 36, 33)
    got = interval(result_of(nine, sums), total_of(sums), table)
    # 97.9167 +- 3.1824 x 2.083333 = 6.63
    assert got is not None
    assert (str(got.low), str(got.high), got.category_certain) == ("91.29", "100.00", True)
    got = interval(result_of(nine, sums, Weight.LEGACY_011), total_of(sums), table)
    assert got is not None
    assert str(got.high) == "99.00"
    worst = (9, 9, 9, 12)
    got = interval(result_of(nine, worst, Weight.LEGACY_011), total_of(worst), table)
    assert got is not None
    assert (str(got.low), got.category_certain) == ("24.75", True)


def test_a_census_is_the_value_itself(nine: Nine, table: CategoryTable) -> None:
    value = Decimal("85.83")
    for population in (10, 9, 0):
        got = interval(result_of(nine, SUMS), total_of(SUMS), table, population)
        assert got == Interval(Decimal("0.95"), value, value, category_certain=True)
    one = interval(result_of(nine, (27,)), total_of((27,)), table, 1)
    assert one == Interval(Decimal("0.95"), Decimal("75.00"), Decimal("75.00"), category_certain=True)


@pytest.mark.parametrize("sums", [(30,), (30, 30), (36,) * 50])
@pytest.mark.parametrize("population", [None, 1000])
def test_nothing_to_estimate_from(
    nine: Nine, table: CategoryTable, sums: tuple[int, ...], population: int | None
) -> None:
    assert interval(result_of(nine, sums), total_of(sums), table, population) is None


def test_no_respondents_and_no_such_population(nine: Nine, table: CategoryTable) -> None:
    assert interval(result_of(nine, SUMS), Total.zero(), table, 0) is None
    with pytest.raises(ValueError, match="negative"):
        interval(result_of(nine, SUMS), total_of(SUMS), table, -1)


def mean_of(parts: list[tuple[Index, Total, int | None]]) -> Index:
    mean = mean_of_units([index for index, _, _ in parts])
    assert mean is not None
    return mean


def test_the_mean_of_two_units_by_hand(nine: Nine, table: CategoryTable) -> None:
    other = (33, 31, 29, 27)
    parts = [(result_of(nine, s), total_of(s), None) for s in (SUMS, other)]
    # variances 6.592935 (9 df) and 20/3/4 x 7.716049 = 12.860082 (3 df); together 19.453018 / 4 = 4.863254
    # df = 19.453018^2 / (6.592935^2/9 + 12.860082^2/3) = 378.42 / 59.957 = 6.31 -> 6
    # half width 2.4469 x 2.205278 = 5.396096
    # centre (85.8333 + 83.3333) / 2 = 84.5833
    got = interval_of_mean(parts, mean_of(parts), table)
    assert got == Interval(Decimal("0.95"), Decimal("79.19"), Decimal("89.98"), category_certain=False)


def test_a_unit_with_a_census_adds_no_variance(nine: Nine, table: CategoryTable) -> None:
    parts = [(result_of(nine, SUMS), total_of(SUMS), None), (result_of(nine, (30,)), total_of((30,)), 1)]
    # half of 5.808582 around (85.8333 + 83.3333) / 2
    got = interval_of_mean(parts, mean_of(parts), table)
    assert got is not None
    assert (str(got.low), str(got.high)) == ("81.68", "87.49")


def test_a_mean_of_censuses_is_the_value_itself(nine: Nine, table: CategoryTable) -> None:
    parts = [(result_of(nine, s), total_of(s), len(s)) for s in (SUMS, (30,))]
    got = interval_of_mean(parts, mean_of(parts), table)
    assert got == Interval(Decimal("0.95"), Decimal("84.58"), Decimal("84.58"), category_certain=True)


def test_one_unit_without_a_variance_leaves_the_mean_without_an_interval(
    nine: Nine, table: CategoryTable
) -> None:
    parts = [(result_of(nine, s), total_of(s), None) for s in (SUMS, (30, 30))]
    assert interval_of_mean(parts, mean_of(parts), table) is None
    with pytest.raises(ValueError, match="needs units"):
        interval_of_mean([], mean_of(parts), table)


def test_the_mean_of_one_unit_is_that_unit(nine: Nine, table: CategoryTable) -> None:
    part = (result_of(nine, SUMS), total_of(SUMS), 40)
    assert interval_of_mean([part], mean_of([part]), table) == interval(*part[:2], table, 40)


def test_respondents_can_be_taken_away() -> None:
    assert Total(3, 10, 40) - Total(1, 4, 16) == Total(2, 6, 24)
