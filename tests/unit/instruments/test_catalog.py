"""Finding an instrument by id or by id and version."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.instruments.catalog import Catalog, UnknownInstrument
from app.instruments.loader import load

TINY = load(Path(__file__).parents[3] / "surveys" / "tests")


def test_an_id_means_the_newest_version() -> None:
    assert TINY.get("tiny-three").version == 2
    assert TINY.newest("tiny-three") is TINY.get("tiny-three@2")


def test_a_ref_means_exactly_one_version() -> None:
    assert TINY.get("tiny-three@1").version == 1


def test_versions_are_numbers_not_texts() -> None:
    first = TINY.get("tiny-three@1")
    versions = [replace(first, version=number) for number in (9, 10, 2)]
    catalog = Catalog({one.ref: one for one in versions}, {})
    assert catalog.get("tiny-three").version == 10


@pytest.mark.parametrize("name", ["tiny", "tiny-three@3", "tiny-three@", "@1", "", "tiny-three@01"])
def test_an_unknown_instrument_is_an_error(name: str) -> None:
    with pytest.raises(UnknownInstrument) as caught:
        TINY.get(name)
    assert caught.value.ref_or_id == name
    assert isinstance(caught.value, LookupError)


def test_the_newest_of_an_unknown_id_is_an_error() -> None:
    with pytest.raises(UnknownInstrument):
        TINY.newest("tiny-three@1")


def test_the_category_table_of_an_instrument() -> None:
    assert TINY.table_of(TINY.get("tiny-three")).table.id == "test"
