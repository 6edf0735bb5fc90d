"""How important elements are: as citizens say where they are asked, else how each goes together with all others.

What was asked comes from counts. For what is derived the sums are formed by the database; no answer is loaded, and
of a period with more than SAMPLE answers only evenly spaced days are read, so that its cost does not grow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, select
from sqlmodel import Session, col

from app.aggregation.sampling import Days, answered_on, sampled_days, step
from app.aggregation.statistics import Selection
from app.ikm.counts import Tally
from app.ikm.intervals import RESPONDENT_UNIT
from app.ikm.periods import Period
from app.ikm.priority import CrossSums, derived_importance
from app.instruments.model import Instrument
from app.responses.tables import COUNTED, Response


@dataclass(frozen=True, slots=True)
class Importance:
    """Importance by element key from `respondents` answers: means on the instrument's scale where it was `asked`,
    else derived, -1..1; `every` is how many days apart the days are that were read, 1 for all days.
    """

    values: dict[str, Fraction]
    respondents: int
    every: int
    asked: bool = False


def asked_importance(instrument: Instrument, tally: Tally) -> Importance | None:
    """The mean score of each question about importance that has answers; None where the instrument has no such
    question. `tally` is that of the period, all questions of the instrument in it.
    """
    if not instrument.importance_questions:
        return None
    values, most = {}, 0
    for element in instrument.elements:
        counts = tally.get(element.importance.key) if element.importance else None
        if counts is not None and counts.n:
            values[element.key] = Fraction(counts.total(instrument.scale), counts.n)
            most = max(most, counts.n)
    return Importance(values, most, 1, asked=True)


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
    keys = [one.key for one in instrument.elements]
    rows = _respondents(session, selection, days, instrument).subquery()
    whole, k = rows.c.whole, rows.c.k
    sums: list[Any] = []
    for x in _columns(rows.c, keys):
        others = whole - x
        sums += [func.count(x), *map(func.sum, (x, x * x, others, others * others, x * others))]
    found = dict.fromkeys(keys, CrossSums.zero())
    for asked, *row in session.execute(select(k, *sums).where(k > 1).group_by(k)):
        # x in units of a score; the others' mean is their sum over how many they are.
        unit, rest = RESPONDENT_UNIT, RESPONDENT_UNIT * (int(asked) - 1)
        for place, key in enumerate(keys):
            n, *amounts = (int(amount or 0) for amount in row[6 * place : 6 * place + 6])
            x_, xx, y, yy, xy = map(Fraction, amounts)
            one = CrossSums(n, x_ / unit, xx / unit**2, y / rest, yy / rest**2, xy / (unit * rest))
            found[key] += one
    return {key: one for key, one in found.items() if one.n}


def _respondents(
    session: Session, selection: Selection, days: Days, instrument: Instrument
) -> Select[*tuple[Any, ...]]:
    """A row for every respondent: `x0`, `x1`, ... the means of the elements in RESPONDENT_UNITs, NULL for those
    without an answer, the sum `whole` of them and their number `k`.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    means = [
        _mean([_score(question.key, is_sqlite=is_sqlite) for question in one.questions]).label(f"x{place}")
        for place, one in enumerate(instrument.elements)
    ]
    given = select(*means).where(
        col(Response.state) == COUNTED, col(Response.instrument) == instrument.ref, answered_on(days)
    )
    # An offset keeps both databases from working out each mean anew wherever it is used.
    each = selection.of(Response, given).offset(0).subquery()
    columns = _columns(each.c, [one.key for one in instrument.elements])
    whole = _total([func.coalesce(one, 0) for one in columns])
    k = _total([case((one.is_not(None), 1), else_=0) for one in columns])
    return select(*columns, whole.label("whole"), k.label("k")).offset(0)


def _columns(columns: Any, keys: Sequence[str]) -> list[ColumnElement[int]]:
    return [columns[f"x{place}"] for place in range(len(keys))]


def _score(question: str, *, is_sqlite: bool) -> ColumnElement[int]:
    """The score of a question, NULL where it was not answered."""
    if is_sqlite:
        return func.json_extract(col(Response.scores), f'$."{question}"', type_=BigInteger)
    return cast(func.jsonb_extract_path_text(col(Response.scores), question), BigInteger)


def _mean(scores: Sequence[ColumnElement[int]]) -> ColumnElement[int]:
    """Their mean in RESPONDENT_UNITs, rounded down; NULL without any."""
    if len(scores) == 1:
        return scores[0] * RESPONDENT_UNIT
    given = _total([case((one.is_not(None), 1), else_=0) for one in scores])
    return (
        _total([func.coalesce(one, 0) for one in scores])
        * RESPONDENT_UNIT
        // func.nullif(given, 0, type_=BigInteger)
    )


def _total(parts: Sequence[ColumnElement[int]]) -> ColumnElement[int]:
    return reduce(add, parts)
