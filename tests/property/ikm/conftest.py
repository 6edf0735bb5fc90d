"""The bands in force, for properties that need a category."""

from decimal import Decimal

import pytest

from app.ikm.category import Band, CategoryTable


@pytest.fixture(scope="session")
def table() -> CategoryTable:
    """The table of reference section 4."""
    rows = [("A", "88.31", "100.00", 4), ("B", "76.61", "88.30", 3), ("C", "65.00", "76.60", 2)]
    rows.append(("D", "25.00", "64.99", 1))
    return CategoryTable("2017", tuple(Band(m, Decimal(low), Decimal(up), p) for m, low, up, p in rows))
