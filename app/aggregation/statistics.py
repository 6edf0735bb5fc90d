"""Sufficient statistics out of the database: tallies and totals of units in a period.

Whole months come from the tally tables, whatever the number of answers; the broken edges of a period are
counted from raw rows by index. Both ways give the same numbers.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, TextClause, cast, func, join, select, true
from sqlmodel import Session, col

from app.ikm.counts import Counts, merge
from app.ikm.counts import Tally as QuestionCounts
from app.ikm.intervals import Total as RespondentTotal
from app.ikm.periods import Period, split
from app.responses.tables import COUNTED, FLAGGED, LOWEST_SCORE, OPTIONS_MAX, Response, Tally, Total


@dataclass(slots=True)
class Statistics:
    """What a result needs of some answers to one instrument: counts by question, and the respondents' total.

    Counts have OPTIONS_MAX places; `of_size` cuts them to an instrument's scale.
    """

    tally: QuestionCounts = field(default_factory=dict)
    total: RespondentTotal = field(default_factory=RespondentTotal.zero)

    def __add__(self, other: Self) -> Self:
        return type(self)(merge(self.tally, other.tally), self.total + other.total)

    def __sub__(self, other: Self) -> Self:
        return type(self)(
            {key: one - other.tally[key] if key in other.tally else one for key, one in self.tally.items()},
            self.total - other.total,
        )

    def of_size(self, size: int) -> QuestionCounts:
        """The counts of the first `size` options; no answer ever fell on the others."""
        return {question: Counts(counts.counts[:size]) for question, counts in self.tally.items()}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which answers: of these units, optionally of one service."""

    unit_ids: tuple[int, ...]
    service_id: int | None = None

    def of(
        self, table: type[Response | Tally | Total], statement: Select[*tuple[Any, ...]]
    ) -> Select[*tuple[Any, ...]]:
        """`statement` on `table`, narrowed to this selection."""
        statement = statement.where(col(table.unit_id).in_(self.unit_ids))
        if self.service_id is not None:
            statement = statement.where(col(table.service_id) == self.service_id)
        return statement


Columns = Select[*tuple[Any, ...]]
# What a group of statistics is keyed by, after the instrument: a unit, a month and a unit, a profile value.
GroupKey = Any
Groups = dict[tuple[str, GroupKey], Statistics]


def by_unit(session: Session, selection: Selection, period: Period) -> Groups:
    """Statistics by (instrument, unit id)."""
    return _statistics(session, selection, period, "unit_id")


def by_service(session: Session, selection: Selection, period: Period) -> Groups:
    """Statistics by (instrument, service id)."""
    return _statistics(session, selection, period, "service_id")


def by_month(session: Session, selection: Selection, start: date, end: date) -> Groups:
    """Statistics by (instrument, (first day of the month, unit id)) for whole months before `end`."""
    return _of_months(session, selection, start, end, ("month", "unit_id"))


def by_profile(session: Session, selection: Selection, period: Period, group: Any) -> Groups:
    """Statistics by (instrument, value of `group`), an SQL expression over raw rows."""
    return _of_rows(session, selection, period.start, period.end, group)


def flagged_by_unit(session: Session, selection: Selection, period: Period) -> Groups:
    """Statistics of flagged answers alone by (instrument, unit id), from raw rows by their own index."""
    return _of_rows(session, selection, period.start, period.end, Response.unit_id, FLAGGED)


def less(groups: Groups, others: Groups) -> Groups:
    """`groups` without the answers of `others`, which are part of them. Groups without answers are left out."""
    left = {key: one - others[key] if key in others else one for key, one in groups.items()}
    return {key: one for key, one in left.items() if one.total.responses}


def spans(
    period: Period,
) -> tuple[tuple[date, date] | None, tuple[tuple[date, date], ...]]:
    """The whole months of a period as one half-open interval, None without any, and its broken edges."""
    months, edges = split(period)
    if not months:
        return None, edges
    last = months[-1]
    return (months[0], date(last.year + last.month // 12, last.month % 12 + 1, 1)), edges


def _statistics(session: Session, selection: Selection, period: Period, group: str) -> Groups:
    months, edges = spans(period)
    groups: Groups = defaultdict(Statistics)
    parts: list[Groups] = []
    if months is not None:
        parts.append(_of_months(session, selection, *months, (group,)))
    parts += [_of_rows(session, selection, start, end, getattr(Response, group)) for start, end in edges]
    for part in parts:
        for key, statistics in part.items():
            groups[key] = groups[key] + statistics
    return dict(groups)


def _of_months(
    session: Session, selection: Selection, start: date, end: date, group: tuple[str, ...]
) -> Groups:
    def months(table: type[Tally | Total], columns: Sequence[Any], grouped: Sequence[Any]) -> Iterable[Any]:
        statement = select(*grouped, *columns).where(col(table.month) >= start, col(table.month) < end)
        return session.execute(selection.of(table, statement.group_by(*grouped)))

    amounts = [func.sum(getattr(Tally, f"c{place}")) for place in range(1, OPTIONS_MAX + 1)]
    tallies = months(
        Tally, amounts, (Tally.instrument, *(getattr(Tally, name) for name in group), Tally.question)
    )
    sums = (func.sum(Total.responses), func.sum(Total.sum), func.sum(Total.squares))
    totals = months(Total, sums, (Total.instrument, *(getattr(Total, name) for name in group)))
    width = len(group)
    counts: dict[tuple[str, GroupKey], dict[str, Counts]] = defaultdict(dict)
    for instrument, *row in tallies:
        key, question, amount = _key(row[:width]), row[width], row[width + 1 :]
        counts[instrument, key][question] = Counts(tuple(int(count) for count in amount))
    return _joined(counts, ((instrument, _key(row[:width]), *row[width:]) for instrument, *row in totals))


def _key(values: Sequence[Any]) -> GroupKey:
    return values[0] if len(values) == 1 else tuple(values)


def _of_rows(
    session: Session,
    selection: Selection,
    start: date,
    end: date,
    group: Any,
    only: ColumnElement[bool] | TextClause | None = None,
) -> Groups:
    def rows(source: Any, columns: Sequence[Any], grouped: Sequence[Any]) -> Iterable[Any]:
        statement = (
            select(*grouped, *columns)
            .select_from(source)
            .where(
                col(Response.state) == COUNTED,
                col(Response.local_date) >= start,
                col(Response.local_date) < end,
            )
        )
        if only is not None:
            statement = statement.where(only)
        return session.execute(selection.of(Response, statement.group_by(*grouped)))

    is_sqlite = session.get_bind().dialect.name == "sqlite"
    each = func.json_each if is_sqlite else func.jsonb_each_text
    answer = each(col(Response.scores)).table_valued("key", "value")
    answers = join(Response, answer, true())  # every answer beside the response that it is part of
    score = cast(answer.c.value, Integer)
    counts: dict[tuple[str, GroupKey], dict[str, list[int]]] = defaultdict(
        lambda: defaultdict(lambda: [0] * OPTIONS_MAX)
    )
    for instrument, key, question, value, count in rows(
        answers, [func.count()], (col(Response.instrument), group, answer.c.key, score)
    ):
        counts[instrument, key][question][value - LOWEST_SCORE] += count
    mean = cast(Response.respondent_mean, BigInteger)
    totals = rows(
        Response, [func.count(), func.sum(mean), func.sum(mean * mean)], (col(Response.instrument), group)
    )
    tallies = {
        key: {question: Counts(tuple(row)) for question, row in questions.items()}
        for key, questions in counts.items()
    }
    return _joined(tallies, totals)


def _joined(counts: Mapping[tuple[str, GroupKey], QuestionCounts], totals: Iterable[Any]) -> Groups:
    return {
        (instrument, key): Statistics(
            counts.get((instrument, key), {}), RespondentTotal(int(responses), int(sum_), int(squares))
        )
        for instrument, key, responses, sum_, squares in totals
        if responses
    }


def pool(groups: Groups, keys: Collection[GroupKey] | None = None) -> dict[str, Statistics]:
    """Statistics by instrument of all groups, or of those with one of `keys`, together."""
    pooled: dict[str, Statistics] = {}
    for (instrument, key), statistics in groups.items():
        if keys is None or key in keys:
            pooled[instrument] = pooled[instrument] + statistics if instrument in pooled else statistics
    return pooled
