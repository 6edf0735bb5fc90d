"""The worked example in docs/method.md is run as it stands there."""

import doctest

from app.core.places import PACKAGE

DOCUMENT = PACKAGE.parent / "docs" / "method.md"


def test_the_worked_example_gives_what_the_document_says() -> None:
    outcome = doctest.testfile(str(DOCUMENT), module_relative=False, encoding="utf-8")
    assert outcome.failed == 0
    assert outcome.attempted >= 15
