"""Codes that are proposed, and numbers as people type them."""

import pytest

from app.admin.registry_form import count, free_code, slug


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Dinas Perhubungan & Laut", "dinas-perhubungan-laut"),
        ("  RSUD  dr. Soetomo ", "rsud-dr-soetomo"),
        ("Kafé Été", "kafe-ete"),
        ("---", ""),
        ("漢字", ""),
        ("a" * 80, "a" * 63),
        ("a" * 62 + " b", "a" * 62),
    ],
)
def test_a_code_from_a_name(name: str, code: str) -> None:
    assert slug(name) == code


def test_a_code_that_is_free() -> None:
    assert free_code("a", set[str]().__contains__) == "a"
    assert free_code("a", {"a", "a-2"}.__contains__) == "a-3"
    longest = "a" * 63
    assert free_code(longest, {longest}.__contains__) == "a" * 61 + "-2"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("4384", 4384),
        ("4.384", 4384),
        ("1.250.000", 1250000),
        ("4 384", 4384),
        ("", ""),
        ("4.38", "4.38"),
        ("12,5", "12,5"),
        ("-3", "-3"),
        ("٣", "٣"),
        ("9" * 30, "9" * 30),
    ],
)
def test_a_number_as_people_type_it(typed: str, value: object) -> None:
    assert count(typed) == value
