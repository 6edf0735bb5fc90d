"""Columns of an export never share a name with a question."""

from app.exports.columns import columns_of
from app.instruments.model import RESERVED_KEYS


def test_no_question_can_be_called_like_a_column_of_the_answers() -> None:
    assert {column.key for column in columns_of((), "id", comments=True)} <= RESERVED_KEYS
