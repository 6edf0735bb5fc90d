"""Signs that an answer deserves a look. A flag never hides, deletes or discounts an answer: people decide.

Sources: straight-lining and speeding as in Zhang and Conrad (2014), "Speeding in web surveys", Survey Research
Methods 8(2); bursts and repeated devices are what a counter can see without keeping anybody's address.
"""

from app.instruments.answers import Answer

STRAIGHT, FAST, BURST, REPEATED, UNSIGNED = "straight", "fast", "burst", "repeated", "unsigned"
TRAPPED, UNPROVEN = "trapped", "unproven"
FLAGS = (STRAIGHT, FAST, BURST, REPEATED, UNSIGNED, TRAPPED, UNPROVEN)
# Fewer questions than this are often answered alike by people who mean it.
QUESTIONS_LEAST = 5
# Nobody reads a question and chooses in less.
SECONDS_A_QUESTION = 1


def of_answer(answer: Answer) -> tuple[str, ...]:
    """What the answer itself shows: all questions alike, or faster than anybody reads."""
    scores = answer.scores
    if len(scores) < QUESTIONS_LEAST:
        return ()
    found: tuple[str, ...] = (STRAIGHT,) if len(set(scores.values())) == 1 else ()
    if answer.seconds is not None and is_fast(answer.seconds, len(scores)):
        found += (FAST,)
    return found


def is_fast(seconds: float, questions: int) -> bool:
    """Whether nobody could have read so many questions in this time."""
    return questions >= QUESTIONS_LEAST and seconds < SECONDS_A_QUESTION * questions
