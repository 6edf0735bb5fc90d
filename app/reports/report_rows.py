"""Rows of the SKM report's tables, figures as printed. Nothing here reads the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.aggregation.comparison import Comparison
from app.aggregation.estimates import element_intervals
from app.aggregation.figures import ElementFigure, Figure
from app.aggregation.profile import Aspect
from app.aggregation.results import Result
from app.followups.queries import PlanRow
from app.ikm.rounding import printed_ikm, printed_nrr, round_half_up
from app.ikm.weights import element_weight
from app.instruments.model import Instrument, in_language
from app.reports import report_names as names
from app.reports.report_words import LANGUAGE, Judged
from app.web.chart_words import number, signed

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class NamedCount:
    """A group with its size and its share in per cent, one decimal."""

    name: str
    count: str
    percent: str


@dataclass(frozen=True, slots=True)
class AspectRows:
    """A trait of the respondents."""

    title: str
    rows: tuple[NamedCount, ...]


@dataclass(frozen=True, slots=True)
class ElementRow:
    """An element: NRR, weighted NRR, IKM with interval, category, change. `asked` false: no values."""

    code: str
    name: str
    asked: bool
    n: str
    sum: str
    nrr: str
    weighted: str
    ikm: str
    interval: str
    mutu: str
    kinerja: str
    change: str
    significant: bool


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service: respondents of a target, IKM, category."""

    name: str
    respondents: str
    target: str
    ikm: str
    mutu: str
    kinerja: str


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """A line of the follow-up plan and what became of it."""

    number: int
    element: str
    action: str
    recommendation: str
    due: str
    owner: str
    state: str
    outcome: str
    evidence: str
    obstacles: str


@dataclass(frozen=True, slots=True)
class TrendRow:
    """A period of the trend; `note` says why it cannot be compared with the one before."""

    period: str
    respondents: str
    ikm: str
    mutu: str
    note: str


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question of the questionnaire in the order in which it is asked."""

    number: int
    text: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One respondent of the processing table."""

    number: int
    scores: tuple[str, ...]


def aspects(profile: Sequence[Aspect]) -> tuple[AspectRows, ...]:
    """Who answered; traits that nobody stated are left out."""
    found = []
    for aspect in profile:
        whole = sum(count for _, count in aspect.groups)
        if all(key is None for key, _ in aspect.groups):
            continue
        rows = tuple(
            NamedCount(names.trait(key), number(count, LANGUAGE), percent(count, whole))
            for key, count in aspect.groups
        )
        found.append(AspectRows(names.ASPECTS[aspect.name], rows))
    return tuple(found)


def percent(part: int, whole: int) -> str:
    """`34,5`."""
    return number(round_half_up(Fraction(100 * part, whole), 1), LANGUAGE) if whole else NOTHING


def element_rows(
    result: Result, shown: Sequence[ElementFigure], comparison: Comparison | None
) -> tuple[ElementRow, ...]:
    """The elements in article order."""
    index = result.index
    if index is None:
        return ()
    values = {one.key: one for one in index.elements}
    margins = element_intervals(result)
    changes = {one.key: one.change for one in comparison.elements} if comparison else {}
    weight = element_weight(index.weight, index.asked)
    rows = []
    for one in shown:
        value, margin, change = values.get(one.key), margins.get(one.key), changes.get(one.key)
        asked = value is not None and value.nrr is not None
        rows.append(
            ElementRow(
                code=one.code,
                name=one.name,
                asked=asked,
                n=number(one.n, LANGUAGE),
                sum=number(value.total, LANGUAGE) if value and asked else NOTHING,
                nrr=decimal(one.nrr),
                weighted=decimal(printed_nrr(value.nrr * weight))
                if value and value.nrr is not None
                else NOTHING,
                ikm=decimal(one.ikm),
                interval=f"{decimal(margin.low)} – {decimal(margin.high)}" if margin else NOTHING,
                mutu=one.mutu or NOTHING,
                kinerja=one.kinerja or "tidak ditanyakan",
                change=signed(printed_ikm(change.difference), LANGUAGE) if change else NOTHING,
                significant=change is not None and change.significant,
            )
        )
    return tuple(rows)


def judged(shown: Sequence[ElementFigure], comparison: Comparison | None) -> list[Judged]:
    """The elements that were asked, for the analysis."""
    changes = {one.key: one.change for one in comparison.elements} if comparison else {}
    found = []
    for one in shown:
        if one.nrr is None or one.ikm is None or one.mutu is None or one.kinerja is None:
            continue
        change = changes.get(one.key)
        moved = printed_ikm(change.difference) if change and change.interval else None
        sure = change is not None and change.significant
        found.append(Judged(one.name, one.nrr, one.ikm, one.mutu, one.kinerja, moved, sure))
    return found


def service_row(name: str, figure: Figure | None, respondents: int, target: int | None) -> ServiceRow:
    """One service, with or without answers."""
    return ServiceRow(
        name=name,
        respondents=number(respondents, LANGUAGE),
        target=number(target, LANGUAGE) if target is not None else NOTHING,
        ikm=decimal(figure.ikm) if figure else NOTHING,
        mutu=figure.mutu if figure else NOTHING,
        kinerja=figure.kinerja if figure else "belum ada responden",
    )


def follow_ups(rows: Sequence[PlanRow], element_names: dict[str, str]) -> tuple[FollowUpRow, ...]:
    """The follow-up plan as the regulation's table has it."""
    return tuple(
        FollowUpRow(
            number=place,
            element=element_names.get(row.element or "", "Semua unsur"),
            action=row.action,
            recommendation=row.recommendation,
            due=f"TW {names.ROMAN[row.due_quarter - 1]} {row.due_year}",
            owner=row.owner,
            state=names.STATES[row.state] + (f" ({row.progress}%)" if row.state == "in_progress" else ""),
            outcome=" ".join(
                part for part in (row.outcome, f"({names.day(row.done_on)})" if row.done_on else None) if part
            )
            or NOTHING,
            evidence=", ".join(row.evidence) or NOTHING,
            obstacles=row.obstacles or row.reason or NOTHING,
        )
        for place, row in enumerate(rows, 1)
    )


def questions(instrument: Instrument, not_asked: Collection[str]) -> tuple[QuestionRow, ...]:
    """The questionnaire as it is asked."""
    return tuple(
        QuestionRow(place, in_language(one.text, LANGUAGE), one.options_in(LANGUAGE))
        for place, one in enumerate(instrument.asked_questions(not_asked), 1)
    )


def matrix(instrument: Instrument, answers: Sequence[dict[str, int]]) -> tuple[MatrixRow, ...]:
    """The processing table: a row a respondent, a column a question in article order."""
    keys = tuple(instrument.questions)
    return tuple(
        MatrixRow(place, tuple(str(scores.get(key, NOTHING)) for key in keys))
        for place, scores in enumerate(answers, 1)
    )


def decimal(value: Decimal | None) -> str:
    """`91,48`; a dash for nothing."""
    return NOTHING if value is None else number(value, LANGUAGE)
