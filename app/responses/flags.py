"""Signs that an answer deserves a look. A flag never hides, deletes or discounts an answer: people decide.

Sources: straight-lining and speeding as in Zhang and Conrad (2014), "Speeding in web surveys", Survey Research
Methods 8(2); bursts and repeated devices are what a counter can see without keeping anybody's address.
"""

from collections.abc import Iterable

from app.ikm.index import Element
from app.instruments.answers import Answer

STRAIGHT, FAST, BURST, REPEATED, UNSIGNED = "straight", "fast", "burst", "repeated", "unsigned"
TRAPPED, UNPROVEN = "trapped", "unproven"
FLAGS = (STRAIGHT, FAST, BURST, REPEATED, UNSIGNED, TRAPPED, UNPROVEN)
# Fewer questions than this are often answered alike by people who mean it.
QUESTIONS_LEAST = 5
# Nobody reads a question and chooses in less.
SECONDS_A_QUESTION = 1


def of_answer(answer: Answer, elements: Iterable[Element]) -> tuple[str, ...]:
    """What the answer itself shows: all questions of its elements alike, or faster than anybody reads all of it.

    What was asked about importance has to be read, too, but being alike or not in that says nothing.
    """
    scores = answer.scores
    beside = {question for element in elements for question in element.beside}
    judged = [score for question, score in scores.items() if question not in beside]
    found: tuple[str, ...] = ()
    if len(judged) >= QUESTIONS_LEAST and len(set(judged)) == 1:
        found += (STRAIGHT,)
    if answer.seconds is not None and is_fast(answer.seconds, len(scores)):
        found += (FAST,)
    return found


def is_fast(seconds: float, questions: int) -> bool:
    """Whether nobody could have read so many questions in this time."""
    return questions >= QUESTIONS_LEAST and seconds < SECONDS_A_QUESTION * questions
