"""Counts per option, tallies, and the way from raw answers to them."""

import pytest

from app.ikm.counts import Counts, ScoreOffScale, UnknownQuestion, fold, merge
from app.ikm.scale import STANDARD, Scale


def test_number_and_sum() -> None:
    counts = Counts((1, 2, 3, 4))
    assert counts.n == 10
    assert counts.total(STANDARD) == 1 + 4 + 9 + 16
    assert counts.total(Scale(0, 3, 30)) == 0 + 2 + 6 + 12


def test_counts_are_added_option_by_option() -> None:
    assert Counts((1, 0, 2, 0)) + Counts((0, 5, 1, 1)) == Counts((1, 5, 3, 1))
    assert Counts.zero(4) + Counts((1, 2, 3, 4)) == Counts((1, 2, 3, 4))


def test_counts_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="negative"):
        Counts((1, -1, 0, 0))
    with pytest.raises(ValueError, match="added"):
        Counts((1, 2)) + Counts((1, 2, 3))
    with pytest.raises(ValueError, match="scale of 4"):
        Counts((1, 2, 3)).total(STANDARD)


def test_merging_keeps_questions_that_only_one_tally_has() -> None:
    merged = merge({"a": Counts((1, 0)), "b": Counts((0, 1))}, {"a": Counts((0, 2)), "c": Counts((1, 1))})
    assert merged == {"a": Counts((1, 2)), "b": Counts((0, 1)), "c": Counts((1, 1))}
    assert merge() == {}


def test_an_absent_key_is_a_missing_answer() -> None:
    tally = fold([{"a": 4, "b": 1}, {"b": 3}, {}], ["a", "b", "c"], STANDARD)
    assert tally == {"a": Counts((0, 0, 0, 1)), "b": Counts((1, 0, 1, 0)), "c": Counts((0, 0, 0, 0))}


def test_scores_of_another_scale_find_their_option() -> None:
    assert fold([{"a": 0}, {"a": 2}, {"a": 2}], ["a"], Scale(0, 2, 50)) == {"a": Counts((1, 0, 2))}


@pytest.mark.parametrize("score", [0, 5, -1, True, 3.0, "4", None])
def test_a_score_off_the_scale_is_refused(score: object) -> None:
    with pytest.raises(ScoreOffScale, match="1 to 4"):
        fold([{"a": score}], ["a"], STANDARD)  # type: ignore[dict-item]


def test_an_unknown_question_is_refused() -> None:
    with pytest.raises(UnknownQuestion):
        fold([{"z": 4}], ["a"], STANDARD)


def test_a_part_can_be_taken_away_and_nothing_else() -> None:
    assert Counts((3, 1, 4, 1)) - Counts((1, 1, 0, 0)) == Counts((2, 0, 4, 1))
    with pytest.raises(ValueError, match="negative"):
        Counts((0, 1)) - Counts((1, 0))
    with pytest.raises(ValueError, match="different"):
        Counts((0, 1)) - Counts((0, 1, 0))
