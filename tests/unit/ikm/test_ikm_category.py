"""The category comes from the printed value, from one table, without holes."""

from decimal import Decimal
from fractions import Fraction

import pytest

from app.ikm.category import Band, CategoryTable
from app.ikm.weights import Weight


@pytest.mark.parametrize(
    ("printed", "mutu", "perception"),
    [
        ("100.00", "A", 4),
        ("88.31", "A", 4),
        ("88.30", "B", 3),
        ("76.61", "B", 3),
        ("76.60", "C", 2),
        ("65.00", "C", 2),
        ("64.99", "D", 1),
        ("25.00", "D", 1),
    ],
)
def test_the_bounds_in_force(table: CategoryTable, printed: str, mutu: str, perception: int) -> None:
    band = table.band_of(Decimal(printed))
    assert (band.mutu, band.perception) == (mutu, perception)


@pytest.mark.parametrize(
    ("printed", "mutu"),
    [("81.26", "A"), ("81.25", "B"), ("62.51", "B"), ("62.50", "C"), ("43.76", "C"), ("43.75", "D")],
)
def test_the_bounds_of_the_predecessors(older_table: CategoryTable, printed: str, mutu: str) -> None:
    assert older_table.band_of(Decimal(printed)).mutu == mutu


def test_every_value_that_can_be_printed_has_exactly_one_category(table: CategoryTable) -> None:
    seen: dict[str, int] = {}
    for hundredths in range(2500, 10001):
        printed = Decimal(hundredths).scaleb(-2)
        mutu = table.band_of(printed).mutu
        assert [b.mutu for b in table.bands if b.lower <= printed <= b.upper] == [mutu]
        seen[mutu] = seen.get(mutu, 0) + 1
    assert seen == {"D": 4000, "C": 1161, "B": 1170, "A": 1170}
    assert sum(seen.values()) == 7501


@pytest.mark.parametrize(
    ("ikm", "mutu"),
    [("88.305", "A"), ("88.3049", "B"), ("76.605", "B"), ("76.6049", "C"), ("64.995", "C"), ("64.9949", "D")],
)
def test_the_exact_value_is_printed_before_it_is_classified(
    table: CategoryTable, ikm: str, mutu: str
) -> None:
    assert table.classify(Fraction(ikm)).mutu == mutu


@pytest.mark.parametrize("printed", ["88.3", "88.310", "88", "9E+1", "NaN", "Infinity"])
def test_a_value_that_was_not_printed_has_no_category(table: CategoryTable, printed: str) -> None:
    with pytest.raises(ValueError, match="two decimals"):
        table.band_of(Decimal(printed))


@pytest.mark.parametrize("printed", ["24.99", "100.01", "125.00", "0.00", "-88.31"])
def test_a_value_off_the_range_has_no_category(table: CategoryTable, printed: str) -> None:
    with pytest.raises(ValueError, match=r"25\.00"):
        table.band_of(Decimal(printed))


def test_the_worst_result_under_a_shortened_weight_is_still_the_lowest_band(table: CategoryTable) -> None:
    assert table.classify(Fraction("24.975"), Weight.LEGACY_0111).mutu == "D"
    assert table.classify(Fraction("24.75"), Weight.LEGACY_011).mutu == "D"
    assert table.classify(Fraction("90.56"), Weight.LEGACY_011).mutu == "A"
    for ikm, weight in ((Fraction("24.75"), Weight.LEGACY_0111), (Fraction("24.75"), Weight.EXACT)):
        with pytest.raises(ValueError, match=r"25\.00"):
            table.classify(ikm, weight)


def test_bands_are_kept_highest_first_whatever_the_order_given(table: CategoryTable) -> None:
    shuffled = CategoryTable("2017", (table.bands[2], table.bands[0], table.bands[3], table.bands[1]))
    assert shuffled == table
    assert [band.mutu for band in shuffled.bands] == ["A", "B", "C", "D"]


def bands(*rows: tuple[str, str, str]) -> tuple[Band, ...]:
    return tuple(Band(mutu, Decimal(low), Decimal(up), 1) for mutu, low, up in rows)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [("A", "88.31", "100.00"), ("B", "25.00", "88.29")],
        [("A", "88.31", "100.00"), ("B", "25.00", "88.31")],
        [("A", "88.31", "100.00"), ("B", "24.99", "88.30")],
        [("A", "88.31", "100.00"), ("B", "25.01", "88.30")],
        [("A", "88.31", "99.99"), ("B", "25.00", "88.30")],
        [("A", "88.31", "100.00"), ("A", "25.00", "88.30")],
        [("A", "88.3", "100.00"), ("B", "25.00", "88.29")],
        [("A", "88.31", "100"), ("B", "25.00", "88.30")],
        [("A", "88.31", "100.00"), ("B", "88.31", "88.30"), ("C", "25.00", "88.30")],
        [("A", "88.31", "100.00"), ("B", "76.01", "88.30"), ("C", "25.00", "76.60")],
    ],
    ids=[
        *("empty", "hole", "overlap", "too-low", "not-low-enough", "not-100", "same-name"),
        *("one-decimal", "no-decimals", "reversed", "typo"),
    ],
)
def test_a_table_that_is_typed_wrong_is_refused(rows: list[tuple[str, str, str]]) -> None:
    with pytest.raises(ValueError, match=r"band|decimals"):
        CategoryTable("wrong", bands(*rows))
