"""What a page of results is asked for, as its address says: a period, another to compare with, a part."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from app.aggregation.parameters import parse_period
from app.aggregation.period_picker import KINDS, Picker, kind_name, period_name, picker
from app.aggregation.trend import STEPS
from app.core.errors import FieldError, InvalidInput
from app.ikm.periods import Period, PeriodError, parse, previous, sequence

DETAILS = "rincian"


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters as they came; `first` and `last` are the days of a form."""

    period: str | None = None
    compared: str | None = None
    first: str | None = None
    last: str | None = None
    part: str | None = None

    @property
    def has_days(self) -> bool:
        """Whether somebody sent the form with two days."""
        return self.first is not None or self.last is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """A period and the one that it is compared with: what was asked for, else the one before, if there is any."""

    period: Period
    compared: Period | None
    chosen: bool
    details: bool

    def address(self, **other: str | None) -> str:
        """The query of this page with some parameters changed, None for dropped."""
        kept: dict[str, str | None] = {
            "period": self.period.code,
            "with": self.compared.code if self.compared and self.chosen else None,
            "bagian": DETAILS if self.details else None,
        }
        return "?" + urlencode({name: value for name, value in (kept | other).items() if value})


@dataclass(frozen=True, slots=True)
class Chooser:
    """The links and forms by which one goes on: periods, days of one's own, what to compare with."""

    picker: Picker
    is_days: bool
    first: str
    last: str
    others: tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...]
    compared: str | None
    chosen: bool


def asked(query: Query, standard: Period) -> Asked:
    """The periods that the address names. Raises InvalidInput for one that is none."""
    period = parse_period(query.period) if query.period else standard
    if query.compared:
        return Asked(period, parse_period(query.compared, "/with"), True, query.part == DETAILS)
    return Asked(period, _before(period), False, query.part == DETAILS)


def days(query: Query) -> Period:
    """The period of a form's two days, the last one included. Raises InvalidInput."""
    try:
        return parse(f"{query.first or ''}..{query.last or ''}")
    except PeriodError:
        message = "Isi kedua tanggal, yang pertama tidak sesudah yang terakhir, antara tahun 2000 dan 2100."
        raise InvalidInput((FieldError("/sampai", "period_invalid", message),)) from None


def chooser(question: Asked, query: Query, today: date, language: str) -> Chooser:
    """What the page offers around the present question."""
    period = question.period
    found = picker(period, today, language)
    compared = question.compared
    last_day = date.fromordinal(period.end.toordinal() - 1)
    return Chooser(
        picker=found,
        is_days=".." in period.code,
        first=query.first if query.first is not None else period.start.isoformat(),
        last=query.last if query.last is not None else last_day.isoformat(),
        others=_others(question, today, language),
        compared=period_name(compared, language) if compared else None,
        chosen=question.chosen,
    )


def _others(
    question: Asked, today: date, language: str
) -> tuple[tuple[str, tuple[tuple[str, str, bool], ...]], ...]:
    """Periods to compare with by kind, the newest first; one of somebody's own days stands before them."""
    compared = question.compared.code if question.compared else None
    groups = []
    known: set[str] = set()
    for by in reversed(KINDS):
        last = max(today, question.period.start)
        periods = sequence(by, date(max(last.year - (4 if by == "year" else 2), 2000), 1, 1), last)
        shown = [one for one in reversed(periods) if one != question.period][: STEPS[by] + 4]
        known.update(one.code for one in shown)
        options = tuple((one.code, period_name(one, language), one.code == compared) for one in shown)
        groups.append((kind_name(by, language), options))
    if question.compared and compared not in known:
        own = (compared or "", period_name(question.compared, language), True)
        return ("", (own,)), *groups
    return tuple(groups)


def _before(period: Period) -> Period | None:
    try:
        return previous(period)
    except PeriodError:
        return None
