"""Who answered: how many respondents of a period there are by sex, age, education, occupation and channel."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.aggregation.breakdown import AGES, age_band
from app.aggregation.statistics import Selection
from app.ikm.periods import Period
from app.responses.tables import CHANNELS, COUNTED, EDUCATIONS, OCCUPATIONS, SEXES, Response

# In the order of the form.
ASPECTS: Mapping[str, tuple[str, ...]] = {
    "sex": SEXES,
    "age": AGES,
    "education": EDUCATIONS,
    "occupation": OCCUPATIONS,
    "channel": CHANNELS,
}


@dataclass(frozen=True, slots=True)
class Aspect:
    """One trait: (value, respondents) in the order of the form, without the values that nobody has.

    The value None, who did not say, comes last.
    """

    name: str
    groups: tuple[tuple[str | None, int], ...]


def profile_of(session: Session, selection: Selection, period: Period) -> tuple[Aspect, ...]:
    """The counted answers of a period by each trait. It reads every one of them, by index, once."""
    columns = (
        col(Response.sex),
        age_band(),
        col(Response.education),
        col(Response.occupation),
        col(Response.channel),
    )
    statement = (
        select(*columns, func.count())
        .where(
            col(Response.state) == COUNTED,
            col(Response.local_date) >= period.start,
            col(Response.local_date) < period.end,
        )
        .group_by(*columns)
    )
    counted: dict[str, Counter[str | None]] = {name: Counter() for name in ASPECTS}
    for *values, count in session.execute(selection.of(Response, statement)):
        for name, value in zip(ASPECTS, values, strict=True):
            counted[name][value] += count
    return tuple(
        Aspect(name, tuple((key, counted[name][key]) for key in (*order, None) if counted[name][key]))
        for name, order in ASPECTS.items()
    )
