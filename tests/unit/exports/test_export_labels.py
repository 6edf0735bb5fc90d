"""Periods in Indonesian."""

import pytest

from app.exports.labels import period_label
from app.ikm.periods import parse


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("2026", "Tahun 2026 (1 Januari 2026 s.d. 31 Desember 2026)"),
        ("2026-S2", "Semester II 2026 (1 Juli 2026 s.d. 31 Desember 2026)"),
        ("2026-Q3", "Triwulan III 2026 (1 Juli 2026 s.d. 30 September 2026)"),
        ("2028-02", "Februari 2028 (1 Februari 2028 s.d. 29 Februari 2028)"),
        ("2026-07-17..2026-09-15", "17 Juli 2026 s.d. 15 September 2026"),
    ],
)
def test_a_period_is_named_with_its_first_and_last_day(code: str, label: str) -> None:
    assert period_label(parse(code)) == label
