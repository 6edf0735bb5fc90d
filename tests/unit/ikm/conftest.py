"""What the tests of the arithmetic share: the nine elements and the two tables of reference section 4."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from app.ikm.category import Band, CategoryTable
from app.ikm.counts import Counts
from app.ikm.index import Element

NINE = (
    "persyaratan",
    "prosedur",
    "waktu",
    "biaya",
    "produk",
    "kompetensi",
    "perilaku",
    "pengaduan",
    "sarana",
)


def _table(name: str, *lowers: str) -> CategoryTable:
    uppers = ["100.00", *(str(Decimal(lower) - Decimal("0.01")) for lower in lowers[:-1])]
    rows = zip("ABCD", lowers, uppers, (4, 3, 2, 1), strict=True)
    return CategoryTable(name, tuple(Band(m, Decimal(low), Decimal(up), p) for m, low, up, p in rows))


@pytest.fixture(scope="session")
def table() -> CategoryTable:
    """The bands in force."""
    return _table("2017", "88.31", "76.61", "65.00", "25.00")


@pytest.fixture(scope="session")
def older_table() -> CategoryTable:
    """The bands of 2004 and 2014."""
    return _table("2014", "81.26", "62.51", "43.76", "25.00")


@pytest.fixture(scope="session")
def nine() -> tuple[Element, ...]:
    """The nine elements in article order, one question each under the same key."""
    return tuple(Element(key, (key,)) for key in NINE)


@pytest.fixture(scope="session")
def summing() -> Callable[[int, int], Counts]:
    """Counts of n answers with a given sum, made of two neighbouring scores of 1..4."""

    def counts(n: int, total: int) -> Counts:
        lower, more = divmod(total, n)
        row = [0, 0, 0, 0, 0]
        row[lower - 1] += n - more
        row[lower] += more
        assert row.pop() == 0
        return Counts(tuple(row))

    return counts
