"""Reproducible answers: the same seed, span and units give the same answers with the same ids."""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from app.demo.temper import COMMENTS, ELEMENTS, OTHER_UNITS, TEMPERS, USUAL, Temper
from app.instruments.answers import Answer
from app.responses.directory import OpenPoint, OpenService
from app.responses.tables import EDUCATIONS, OCCUPATIONS

# Which way people answer, by channel; the same for every unit.
CHANNEL_WEIGHTS = {"qr": 0.45, "kiosk": 0.30, "counter": 0.15, "link": 0.10}
EDUCATION_WEIGHTS = (6, 11, 38, 15, 25, 4, 1)
OCCUPATION_WEIGHTS = (9, 2, 2, 24, 19, 14, 8, 16, 6)
FROM_HOME = "link"  # answered in the evening too; everything else while the office is open


@dataclass(frozen=True, slots=True)
class Span:
    """The days on which people answer, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Given:
    """An answer and where it was given."""

    service: OpenService
    answer: Answer


def given_answers(points: Sequence[OpenPoint], span: Span, number: int, seed: int) -> Iterator[Given]:
    """`number` answers at `points`, in no particular order of time."""
    units = sorted({point.unit_code for point in points})
    at = {unit: [point for point in points if point.unit_code == unit] for unit in units}
    shares = [TEMPERS.get(unit, OTHER_UNITS).share for unit in units]
    chance = random.Random(seed)  # noqa: S311 - demonstration data, not a secret
    for _ in range(number):
        unit = chance.choices(units, shares)[0]
        weights = [CHANNEL_WEIGHTS[point.channel] for point in at[unit]]
        point = chance.choices(at[unit], weights)[0]
        services = list(point.services.values())
        service = chance.choices(services, range(len(services) + 1, 1, -1))[0]
        yield Given(service, _answer(chance, point, service, span))


def _answer(chance: random.Random, point: OpenPoint, service: OpenService, span: Span) -> Answer:
    day = _working_day(chance, span, any_day=point.channel == FROM_HOME)
    moment = _moment(chance, day, point)
    temper = TEMPERS.get(point.unit_code, OTHER_UNITS)
    progress = (day - span.first).days / max(span.days - 1, 1)
    scores = _scores(chance, temper, service, progress, point.channel)
    age = min(max(round(chance.gauss(37, 12)), 17), 84)
    tells = chance.random() < 0.85
    return Answer(
        id=_id(chance, moment),
        scores=scores,
        answered_at=moment,
        sex=chance.choice("LP") if tells else None,
        age=age if tells else None,
        education=chance.choices(EDUCATIONS, EDUCATION_WEIGHTS)[0] if tells else None,
        occupation=chance.choices(OCCUPATIONS, OCCUPATION_WEIGHTS)[0] if tells else None,
        disability=chance.random() < 0.03 if tells else None,
        comment=_comment(chance, scores),
        seconds=max(round(chance.lognormvariate(math.log(62), 0.4)), 15),
    )


def _working_day(chance: random.Random, span: Span, *, any_day: bool) -> date:
    while True:
        day = span.first + timedelta(days=chance.randrange(span.days))
        if any_day or day.weekday() < 5:
            return day
        if span.days < 7:
            return day


def _moment(chance: random.Random, day: date, point: OpenPoint) -> datetime:
    hours = (6.0, 22.5) if point.channel == FROM_HOME else (8.0, 15.5)
    seconds = round(chance.uniform(*hours) * 3600)
    local = datetime(day.year, day.month, day.day, tzinfo=point.zone) + timedelta(seconds=seconds)
    return local.astimezone(UTC)


def _scores(
    chance: random.Random, temper: Temper, service: OpenService, progress: float, channel: str
) -> dict[str, int]:
    scale = service.instrument.scale
    mood = chance.gauss(0, 0.42) + (0.06 if channel == "counter" else 0.0)  # watched, people are kinder
    scores = {}
    for question in service.instrument.asked_questions(service.not_asked):
        element = service.instrument.element_of(question.key).key
        mean = USUAL + ELEMENTS.get(element, 0.0) + temper.level + temper.strengths.get(element, 0.0)
        mean += progress * (temper.change + temper.changes.get(element, 0.0))
        score = round(mean + mood + chance.gauss(0, 0.5))
        scores[question.key] = min(max(score, scale.low), scale.high)
    return scores


def _comment(chance: random.Random, scores: dict[str, int]) -> str | None:
    if chance.random() > 0.14:
        return None
    bad = [key for key in COMMENTS if key is not None and scores.get(key, 4) <= 2]
    return chance.choice(COMMENTS[chance.choice(bad) if bad else None])


def _id(chance: random.Random, moment: datetime) -> UUID:
    """A version 7 UUID of that moment whose random part comes from the seed."""
    value = int(moment.timestamp() * 1000) << 80 | chance.getrandbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
