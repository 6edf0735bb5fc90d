"""Follow-ups as pages show them: lines of a list, the picture of the clock, the steps of a history."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.aggregation.period_picker import period_name
from app.followups import wording
from app.followups.clock import deadlines, next_deadline, speed_level
from app.followups.queries import Clocked, Evidence, PeriodProgress
from app.followups.tables import FollowUp, FollowUpStep
from app.ikm.periods import parse
from app.units.tables import Unit
from app.web.locale import local_time

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Line:
    """One follow-up in a list, in words. `level` and `until` are the PEKPPP level still possible."""

    id: UUID
    action: str
    element: str | None
    period: str
    due: str
    owner: str
    state: str
    state_name: str
    progress: int
    late: bool
    level: int | None
    until: str | None
    done_on: str | None
    obstacles: str | None
    files: int
    published: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """The days in which finishing gives `level`: place and width in per cent; `past`, `cur` or `next`."""

    level: int
    start: Decimal
    width: Decimal
    kind: str
    until: str

    @property
    def middle(self) -> Decimal:
        """Where its number stands."""
        return self.start + self.width / 2

    @property
    def end(self) -> Decimal:
        """Where it ends."""
        return self.start + self.width


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of one survey's plan. `level` is reached when everything is done, else the best still possible."""

    period: str
    issued_on: str
    planned: int
    done: int
    stopped_on: str | None
    level: int
    until: str | None
    days_left: int | None
    day: int
    at: Decimal
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a history: what, who, when, and the fields with their values before and after."""

    what: str
    who: str
    when: str
    changes: tuple[tuple[str, str | None, str | None], ...]


@dataclass(frozen=True, slots=True)
class File:
    """A file of evidence as a page lists it."""

    id: UUID
    name: str
    size: str
    when: str
    public: bool


def line(found: Clocked, names: Mapping[str, str], files: int, language: str) -> Line:
    """A follow-up for a list; `names` are those of the elements."""
    row = found.row
    return Line(
        id=row.id,
        action=row.action,
        element=names.get(row.element, row.element) if row.element else None,
        period=period_name(parse(row.period), language),
        due=wording.quarter(row.due_year, row.due_quarter, language),
        owner=row.owner,
        state=row.state,
        state_name=wording.state_name(row.state, language),
        progress=row.progress,
        late=found.late,
        level=found.deadline.level if found.deadline else None,
        until=wording.day(found.deadline.until, language) if found.deadline else None,
        done_on=wording.day(row.done_on, language),
        obstacles=row.obstacles,
        files=files,
        published=row.published,
    )


def clock(progress: PeriodProgress, today: date, language: str) -> Clock | None:
    """The clock of a survey's plan; None while no report was issued."""
    issued = progress.issued_on
    if issued is None:
        return None
    last = deadlines(issued)[-1].until
    whole = progress.planned > 0 and all(progress.finished)
    stopped = max((one for one in progress.finished if one), default=None) if whole else None
    at = min(max(stopped or today, issued), last)
    goal = None if whole else next_deadline(issued, today)
    return Clock(
        period=period_name(parse(progress.period), language),
        issued_on=wording.day(issued, language) or "",
        planned=progress.planned,
        done=progress.done,
        stopped_on=wording.day(stopped, language),
        level=speed_level(issued, progress.finished) if whole else goal.level if goal else 0,
        until=wording.day(goal.until, language) if goal else None,
        days_left=(goal.until - today).days if goal else None,
        day=max(0, ((stopped or today) - issued).days),
        at=_share(issued, at, last),
        segments=_segments(issued, at, last, language),
    )


def step(
    found: FollowUpStep, names: Mapping[str, str], services: Mapping[int, str], unit: Unit, language: str
) -> Step:
    """One step in words."""
    fields = wording.fields(language)
    changes = tuple(
        (
            fields[name],
            _value(name, before, names, services, language),
            _value(name, after, names, services, language),
        )
        for name, (before, after) in found.changes.items()
        if name in fields and (before is not None or after is not None)
    )
    when = local_time(found.at, ZoneInfo(unit.timezone), language)
    return Step(wording.deeds(language).get(found.what, found.what), found.actor_name, when, changes)


def file(found: Evidence, unit: Unit, language: str) -> File:
    """A file of evidence."""
    row = found.file
    when = local_time(row.uploaded_at, ZoneInfo(unit.timezone), language)
    return File(row.id, row.name, wording.size(row.size, language), when, found.public)


def form_values(row: FollowUp, services: Mapping[int, str]) -> dict[str, object]:
    """What is stored, as the fields of the form that plans it."""
    return {
        "period": row.period,
        "element": row.element or "",
        "service": services.get(row.service_id, "") if row.service_id else "",
        "source": row.source,
        "forum": str(row.forum_id or ""),
        "recommendation": row.recommendation,
        "action": row.action,
        "due": f"{row.due_year}-Q{row.due_quarter}",
        "owner": row.owner,
        "obstacles": row.obstacles or "",
    }


def _value(
    name: str, value: object, names: Mapping[str, str], services: Mapping[int, str], language: str
) -> str | None:
    if value is None or value == "":
        return None
    text = str(value)
    readers: dict[str, Callable[[], str | None]] = {
        "element": lambda: names.get(text, text),
        "service_id": lambda: services.get(int(text), text),
        "state": lambda: wording.state_name(text, language),
        "source": lambda: wording.sources(language)[text],
        "period": lambda: period_name(parse(text), language),
        "done_on": lambda: wording.day(date.fromisoformat(text), language),
        "published": lambda: wording.yes(language) if value else wording.no(language),
    }
    return readers.get(name, lambda: text)()


def _segments(issued: date, at: date, last: date, language: str) -> tuple[Segment, ...]:
    found, begin = [], issued
    for one in deadlines(issued):
        kind = "past" if one.until < at else "cur" if begin <= at else "next"
        start = _share(issued, begin, last)
        until = format_date(one.until, "d MMM", locale=language)
        found.append(Segment(one.level, start, _share(issued, one.until, last) - start, kind, until))
        begin = one.until
    current = [one.kind for one in found].index("cur") if any(one.kind == "cur" for one in found) else 0
    return tuple(
        one if place <= current else Segment(one.level, one.start, one.width, "next", one.until)
        for place, one in enumerate(found)
    )


def _share(first: date, at: date, last: date) -> Decimal:
    return (HUNDRED * (at - first).days / (last - first).days).quantize(Decimal("0.01"))


def open_first(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Those that are still open, and those that are over."""
    over = [one for one in lines if one.state in ("done", "cancelled")]
    return [one for one in lines if one not in over], over
