"""Importance that nobody was asked about, from the answers: how each element goes together with all others.

The sums are formed by the database; no answer is loaded. A period with more than SAMPLE answers is read on evenly
spaced days only, so that the cost does not grow with the answers.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, case, cast, func, join, literal_column, select, true
from sqlmodel import Session, col

from app.aggregation.sampling import Days, answered_on, sampled_days, step
from app.aggregation.statistics import Selection
from app.ikm.intervals import RESPONDENT_UNIT
from app.ikm.periods import Period
from app.ikm.priority import CrossSums, derived_importance
from app.instruments.model import Instrument
from app.responses.tables import COUNTED, Response


@dataclass(frozen=True, slots=True)
class Importance:
    """Importance by element key, -1..1, derived from `respondents` answers; `every` is how many days apart the
    days are that were read, 1 for all days.
    """

    values: dict[str, Fraction]
    respondents: int
    every: int


def importance_of(
    session: Session, selection: Selection, period: Period, instrument: Instrument, responses: int
) -> Importance:
    """Each element's correlation with the mean of the respondent's other elements; `responses` in the period."""
    every = step(responses)
    sums = cross_sums(session, selection, sampled_days(period, every), instrument)
    return Importance(derived_importance(sums), max((one.n for one in sums.values()), default=0), every)


def cross_sums(
    session: Session, selection: Selection, days: Days, instrument: Instrument
) -> dict[str, CrossSums]:
    """By element key: the element against the mean of the other elements that the same respondent answered.

    Respondents with a single element have no others and are left out.
    """
    values = _values(session, selection, days, instrument).subquery()
    x, whole, k = values.c.x, values.c.whole, values.c.k
    others = cast(whole - x, BigInteger)
    statement = (
        select(
            values.c.element,
            k,
            func.count(),
            func.sum(x),
            func.sum(x * x),
            func.sum(others),
            func.sum(others * others),
            func.sum(x * others),
        )
        .where(k > 1)
        .group_by(values.c.element, k)
    )
    found: dict[str, CrossSums] = {}
    for element, asked, n, *row in session.execute(statement):
        # x in units of a score; the others' mean is their sum over how many they are.
        x_, xx, y, yy, xy = (Fraction(int(amount)) for amount in row)
        unit, rest = RESPONDENT_UNIT, RESPONDENT_UNIT * (int(asked) - 1)
        one = CrossSums(int(n), x_ / unit, xx / unit**2, y / rest, yy / rest**2, xy / (unit * rest))
        found[element] = found.get(element, CrossSums.zero()) + one
    return found


def _values(
    session: Session, selection: Selection, days: Days, instrument: Instrument
) -> Select[*tuple[Any, ...]]:
    """A row for every element that a respondent answered: `element`, its mean `x` in RESPONDENT_UNITs, the sum
    `whole` of the respondent's elements and their number `k`.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    each = func.json_each if is_sqlite else func.jsonb_each_text
    answer = each(col(Response.scores)).table_valued("key", "value")
    names = {question.key: one.key for one in instrument.elements for question in one.questions}
    element = case(names, value=answer.c.key).label("element")
    # A sum, not the column: grouping by the key itself would tempt SQLite to walk the key through all years.
    unit_id = col(Response.unit_id) + literal_column("0")
    key = (unit_id.label("unit_id"), col(Response.id))
    statement = (
        select(
            *key,
            element,
            (
                func.sum(cast(answer.c.value, Integer)) * RESPONDENT_UNIT / func.count()
                if is_sqlite
                else func.div(func.sum(cast(answer.c.value, BigInteger)) * RESPONDENT_UNIT, func.count())
            ).label("x"),
        )
        .select_from(join(Response, answer, true()))
        .where(
            col(Response.state) == COUNTED,
            col(Response.instrument) == instrument.ref,
            answered_on(days),
        )
        .group_by(unit_id, col(Response.id), element)
    )
    means = selection.of(Response, statement).subquery()
    x = cast(means.c.x, BigInteger)
    respondent = (means.c.unit_id, means.c.id)
    return select(
        means.c.element,
        x.label("x"),
        cast(func.sum(x).over(partition_by=respondent), BigInteger).label("whole"),
        func.count().over(partition_by=respondent).label("k"),
    )
