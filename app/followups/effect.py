"""What an action changed: the element's value in the last whole period before it, and in the first one after."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from app.aggregation.comparison import Comparison, comparison_of
from app.aggregation.period_picker import current, kind_of
from app.aggregation.results import Question
from app.followups.tables import FollowUp
from app.ikm.changes import Change
from app.ikm.periods import By, Period, parse, previous
from app.ikm.rounding import printed_ikm
from app.instruments.catalog import Catalog
from app.units.tables import Service, Unit


@dataclass(frozen=True, slots=True)
class Effect:
    """The element on the scale of the IKM before and after, as printed; None without answers, or too early.

    `change` has interval and significance where the two may be compared (`comparable`); None while one is
    missing. Before `ready_on` the period after the action is not whole, and has no value.
    """

    before: Period
    after: Period
    value_before: Decimal | None
    value_after: Decimal | None
    change: Change | None
    comparable: bool
    ready_on: date


def periods_around(code: str, done_on: date) -> tuple[Period, Period]:
    """The last whole period that ended before the action, and the first that began after it.

    Of the kind of the survey's period; quarters where its days were chosen freely. The survey's own period is
    the one before whenever it had ended by then.
    """
    survey = parse(code)
    kind: By = kind_of(survey) or "quarter"
    running = current(kind, done_on)
    before = survey if kind_of(survey) and survey.end <= done_on else previous(running)
    return before, current(kind, running.end)


def effect_of(
    session: Session, catalog: Catalog, unit: Unit, service: Service | None, row: FollowUp, today: date
) -> Effect | None:
    """The effect of a finished action on its element; None for one that is not finished or names no element."""
    if row.done_on is None or row.element is None:
        return None
    before, after = periods_around(row.period, row.done_on)
    found = comparison_of(session, catalog, unit, Question(after), before, service)
    pair = max(found, key=_answers)
    element = next((one for one in pair.elements if one.key == row.element), None)
    is_whole = after.end <= today
    value_before = element.before if element else None
    value_after = element.after if element and is_whole else None
    return Effect(
        before=before,
        after=after,
        value_before=None if value_before is None else printed_ikm(value_before),
        value_after=None if value_after is None else printed_ikm(value_after),
        change=element.change if element and is_whole else None,
        comparable=not any(reason.blocks for reason in pair.reasons),
        ready_on=after.end,
    )


def _answers(pair: Comparison) -> int:
    return sum(one.respondents for one in (pair.before, pair.after) if one is not None)
