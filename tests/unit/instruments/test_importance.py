"""What a question about importance is kept out of, and the figure that it is for."""

from fractions import Fraction
from pathlib import Path
from uuid import uuid4

import pytest

from app.aggregation.importance import asked_importance
from app.comments.inbox import lowest_of
from app.ikm.counts import Counts
from app.instruments.answers import Answer
from app.instruments.loader import load
from app.responses.flags import of_answer
from app.responses.tables import Response

TINY = load(Path(__file__).parents[3] / "surveys" / "tests")
INSTRUMENT = TINY.get("tiny-importance@1")
ALIKE = dict.fromkeys(("prosedur", "biaya", "sarana_ruang", "sarana_alat"), 3)


@pytest.mark.parametrize("weights", [(1, 4), (3, 3)])
def test_four_questions_alike_are_no_straight_line_whatever_is_important(weights: tuple[int, int]) -> None:
    scores = ALIKE | dict(zip(("penting_prosedur", "penting_sarana"), weights, strict=True))
    elements = INSTRUMENT.ikm_elements()
    # Five questions alike would be one. Six questions have to be read: five seconds are too short.
    assert of_answer(Answer(uuid4(), scores, seconds=6), elements) == ()
    assert of_answer(Answer(uuid4(), scores, seconds=5), elements) == ("fast",)


def test_a_straight_line_stays_one_whatever_is_important() -> None:
    scores = dict.fromkeys(TINY.get("tiny-several@1").questions, 2)
    assert of_answer(Answer(uuid4(), scores), TINY.get("tiny-several@1").ikm_elements()) == ("straight",)
    scores |= {"penting_prosedur": 4}
    elements = (*TINY.get("tiny-several@1").ikm_elements(), INSTRUMENT.ikm_elements()[0])
    assert of_answer(Answer(uuid4(), scores), elements) == ("straight",)


def test_what_is_not_important_is_not_scored_low() -> None:
    scores = ALIKE | {"biaya": 2, "penting_prosedur": 1, "penting_sarana": 4}
    found = lowest_of(TINY, Response(instrument=INSTRUMENT.ref, scores=scores), "id")
    assert found is not None
    assert (found.score, [one.key for one in found.elements]) == (2, ["biaya"])


def test_the_mean_of_what_citizens_said() -> None:
    tally = {key: Counts((0, 0, 7, 0)) for key in ALIKE} | {"penting_prosedur": Counts((1, 0, 2, 4))}
    found = asked_importance(INSTRUMENT, tally)
    assert found is not None
    # (1 + 2 x 3 + 4 x 4) / 7; nobody has answered the other question yet, of the third element there is none.
    assert found.values == {"prosedur": Fraction(23, 7)}
    assert (found.respondents, found.every, found.asked) == (7, 1, True)
    assert asked_importance(TINY.get("tiny-three@1"), tally) is None
