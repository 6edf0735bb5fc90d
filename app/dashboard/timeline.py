"""A trend with what was imported: figures of old reports stand before the answers, never joined to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.aggregation.period_picker import kind_of
from app.aggregation.results import Result
from app.aggregation.trend import By, Step, leading
from app.history.queries import HistoricalPoint
from app.ikm.periods import Period

IMPORTED_MOST = 8


@dataclass(frozen=True, slots=True)
class Moment:
    """A period of the line: its result from answers, or else what an old report said; neither is a gap.

    `before` is the moment with a figure that precedes it, if any.
    """

    period: Period
    step: Step | None
    result: Result | None
    imported: HistoricalPoint | None
    before: "Moment | None"

    @property
    def has_figure(self) -> bool:
        """Whether there is anything to draw."""
        return self.result is not None or self.imported is not None

    @property
    def changes_source(self) -> bool:
        """Whether it follows a figure that came from elsewhere, or was made by other rules."""
        if self.before is None or not self.has_figure:
            return False
        here, there = self.imported, self.before.imported
        return (here is None) != (there is None) or (
            here is not None and there is not None and here.rule != there.rule
        )


def timeline(steps: Sequence[Step], imported: Sequence[HistoricalPoint], by: By) -> tuple[Moment, ...]:
    """The periods of the trend with IMPORTED_MOST older ones of the same kind at most; it begins with a figure.

    Where a period has both, the answers count.
    """
    same = {one.period.code: one for one in imported if kind_of(one.period) == by}
    codes = {step.period.code for step in steps}
    start = steps[0].period.start
    older = sorted(
        (one for code, one in same.items() if code not in codes and one.period.end <= start),
        key=lambda one: one.period.start,
    )
    found: list[Moment] = []
    before: Moment | None = None
    entries: list[tuple[Period, Step | None, Result | None, HistoricalPoint | None]] = [
        (one.period, None, None, one) for one in older[-IMPORTED_MOST:]
    ]
    for step in steps:
        result = leading(step)
        entries.append((step.period, step, result, None if result else same.get(step.period.code)))
    for period, of_step, result, point in entries:
        moment = Moment(period, of_step, result, point, before)
        if moment.has_figure or found:
            found.append(moment)
        if moment.has_figure:
            before = moment
    return tuple(found)
