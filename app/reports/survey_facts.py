"""All that the SKM report says, gathered once: Word and PDF print the same. Figures are as printed, in Indonesian.

Chapters after PermenPANRB 14/2017, section 8 of its customary report: introduction, collection, results, analysis,
conclusion, annexes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.aggregation.breakdown import breakdown_of
from app.aggregation.comparison import Comparison, compared, pairs_of
from app.aggregation.figures import ElementFigure, Figure, elements, figure
from app.aggregation.period_picker import period_name
from app.aggregation.profile import profile_of
from app.aggregation.results import Question, Result, results_of
from app.aggregation.statistics import Selection
from app.comments.panel import topic_counts
from app.followups.queries import plan_rows
from app.ikm.index import lowest
from app.ikm.periods import Period, PeriodError, previous
from app.ikm.rounding import printed_ikm, printed_nrr
from app.instruments.catalog import Catalog
from app.instruments.model import in_language
from app.plans.queries import Target, plan_of, target_of
from app.reports import report_names as names
from app.reports import report_rows as rows
from app.reports import report_words as words
from app.reports.report_past import Moment, past_of
from app.reports.report_rows import AspectRows, ElementRow, FollowUpRow, MatrixRow, QuestionRow, ServiceRow
from app.reports.report_words import LANGUAGE
from app.responses.tables import COUNTED, Response
from app.units import queries
from app.units.tables import Service, Unit
from app.web.chart_words import number

RESPONDENTS_LISTED = 400
TOPICS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Survey:
    """One questionnaire of the period, in figures and sentences; `matrix` is empty for many answers."""

    title: str
    basis: str
    result: Result
    figure: Figure
    shown: tuple[ElementFigure, ...]
    index: str
    elements: tuple[ElementRow, ...]
    lead: str
    certainty: str
    strengths: str
    weaknesses: str
    change: str
    element_changes: str
    lowest: tuple[str, ...]
    services: tuple[ServiceRow, ...]
    questions: tuple[QuestionRow, ...]
    columns: tuple[str, ...]
    matrix: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """The whole report. `previous_plan` is the follow-up of the period before."""

    unit: Unit
    service: Service | None
    government: Unit
    period: Period
    period_name: str
    before_name: str | None
    made_on: date
    made_at: datetime
    first_day: date
    last_day: date
    respondents: int
    excluded: int
    excluded_note: str
    sample: str
    channels: tuple[str, ...]
    aspects: tuple[AspectRows, ...]
    surveys: tuple[Survey, ...]
    trend: tuple[Moment, ...]
    topics: tuple[tuple[str, str], ...]
    plan: tuple[FollowUpRow, ...]
    previous_plan: tuple[FollowUpRow, ...]
    conclusion: str

    @property
    def subject(self) -> str:
        """The unit, or the service with its unit."""
        return f"{self.service.name}, {self.unit.name}" if self.service else self.unit.name


def facts_of(
    session: Session,
    catalog: Catalog,
    unit: Unit,
    period: Period,
    now: datetime,
    service: Service | None = None,
) -> Facts:
    """Everything, read in one state of the data. A period without answers gives a report that says so."""
    unit_ids = (unit.id or 0,) if service else tuple(queries.below(session, unit.id or 0))
    selection = Selection(unit_ids, service.id if service else None)
    question = Question(period)
    results = results_of(session, catalog, unit, question, service)
    before = _before(period)
    earlier = results_of(session, catalog, unit, Question(before), service) if before else []
    pairs = {id(after): compared(early, after, None) for early, after in pairs_of(earlier, results) if after}
    profile = profile_of(session, selection, period)
    target = target_of(session, unit.id or 0, service.id if service else None, period.code)
    before_name = period_name(before, LANGUAGE) if before else None
    surveys = tuple(
        _survey(session, catalog, unit, service, selection, one, pairs.get(id(one)), before_name)
        for one in results
        if one.index is not None
    )
    respondents = sum(one.respondents for one in results)
    element_names = _element_names(results)
    priority = [key for one in results if one.index is not None for key in lowest(one.index, 99)]
    first_day, last_day = _window(session, unit, service, period)
    channels = [key for aspect in profile if aspect.name == "channel" for key, _ in aspect.groups if key]
    return Facts(
        unit=unit,
        service=service,
        government=queries.government_of(session, unit.id or 0),
        period=period,
        period_name=period_name(period, LANGUAGE),
        before_name=before_name,
        made_on=now.astimezone(ZoneInfo(unit.timezone)).date(),
        made_at=now,
        first_day=first_day,
        last_day=last_day,
        respondents=respondents,
        excluded=sum(one.excluded for one in results),
        excluded_note=_excluded_note(results),
        sample=_sample(respondents, target),
        channels=tuple(names.CHANNELS[key] for key in channels),
        aspects=rows.aspects([one for one in profile if one.name != "channel"]),
        surveys=surveys,
        trend=past_of(session, catalog, unit, service, period),
        topics=_topics(session, unit_ids, period),
        plan=rows.follow_ups(plan_rows(session, unit.id or 0, period.code, priority), element_names),
        previous_plan=rows.follow_ups(plan_rows(session, unit.id or 0, before.code), element_names)
        if before
        else (),
        conclusion=_conclusion(unit, service, period, surveys),
    )


def _survey(
    session: Session,
    catalog: Catalog,
    unit: Unit,
    service: Service | None,
    selection: Selection,
    result: Result,
    comparison: Comparison | None,
    before: str | None,
) -> Survey:
    instrument = result.instrument
    if instrument is None or result.index is None:
        raise ValueError("a survey has answers")
    shown, found = elements(result, LANGUAGE), figure(result, LANGUAGE)
    comparison = comparison if comparison and comparison.before and not _blocks(comparison) else None
    judged = rows.judged(shown, comparison)
    change = comparison.change if comparison else None
    name = service.name if service else unit.name
    asked = {one.key for one in shown if one.nrr is not None}
    return Survey(
        title=in_language(instrument.title, LANGUAGE),
        basis=instrument.basis,
        result=result,
        figure=found,
        shown=shown,
        index=number(printed_nrr(result.index.index), LANGUAGE),
        elements=rows.element_rows(result, shown, comparison),
        lead=words.lead(name, found.ikm, found.mutu, found.kinerja, found.respondents),
        certainty=words.certainty(found.low, found.high, certain=found.certain),
        strengths=words.strengths(judged),
        weaknesses=words.weaknesses(judged),
        change=words.overall_change(
            printed_ikm(change.difference) if change else None,
            before or "periode sebelumnya",
            significant=change is not None and change.significant,
        ),
        element_changes=words.changes(judged, before or "periode sebelumnya"),
        lowest=found.lowest,
        services=_services(session, catalog, unit, service, result),
        questions=rows.questions(
            instrument, [one.key for one in instrument.elements if one.key not in asked]
        ),
        columns=tuple(_columns(result)),
        matrix=rows.matrix(instrument, _answers(session, selection, result)),
    )


def _blocks(comparison: Comparison) -> bool:
    return any(reason.blocks for reason in comparison.reasons)


def _columns(result: Result) -> list[str]:
    """The heads of the processing table: U1, or U1.1 and U1.2 where an element has several questions."""
    instrument = result.instrument
    if instrument is None:
        return []
    return [
        one.code if len(one.questions) == 1 else f"{one.code}.{place}"
        for one in instrument.elements
        for place, _ in enumerate(one.questions, 1)
    ]


def _services(
    session: Session, catalog: Catalog, unit: Unit, service: Service | None, result: Result
) -> tuple[ServiceRow, ...]:
    """Each service of the unit under this questionnaire, also those without answers; none for a single service."""
    if service is not None:
        return ()
    period = result.question.period
    groups = breakdown_of(session, catalog, unit, Question(period, rollup="pooled"), "service", None)
    found = []
    for group in groups:
        of_group = group.result
        if group.service is None or of_group.instrument is None or result.instrument is None:
            continue
        if of_group.instrument.ref != result.instrument.ref:
            continue
        target = target_of(session, group.service.unit_id, group.service.id, period.code)
        shown = figure(of_group, LANGUAGE) if of_group.index is not None else None
        found.append(
            rows.service_row(
                group.service.name, shown, of_group.respondents, target.target if target else None
            )
        )
    return tuple(found)


def _answers(session: Session, selection: Selection, result: Result) -> list[dict[str, int]]:
    """The scores of each respondent, oldest first; nothing where there are more than a report lists."""
    instrument, period = result.instrument, result.question.period
    if instrument is None or result.respondents > RESPONDENTS_LISTED:
        return []
    wanted = (
        select(col(Response.scores))
        .where(
            col(Response.state) == COUNTED,
            col(Response.instrument) == instrument.ref,
            col(Response.local_date) >= period.start,
            col(Response.local_date) < period.end,
        )
        .order_by(col(Response.answered_at), col(Response.id))
    )
    return list(session.scalars(selection.of(Response, wanted)))


def _element_names(results: Sequence[Result]) -> dict[str, str]:
    return {
        one.key: in_language(one.name, LANGUAGE)
        for result in results
        if result.instrument is not None
        for one in result.instrument.elements
    }


def _before(period: Period) -> Period | None:
    try:
        return previous(period)
    except PeriodError:
        return None


def _window(session: Session, unit: Unit, service: Service | None, period: Period) -> tuple[date, date]:
    """The days of the survey: those of its plan, or of the whole period."""
    plan = plan_of(session, unit.id or 0, service.id if service else None, period.code)
    return (plan.first_day, plan.last_day) if plan else (period.start, period.end - timedelta(days=1))


def _sample(respondents: int, target: Target | None) -> str:
    if target is None:
        return words.sample(respondents, None, None, None)
    return words.sample(respondents, target.target, target.population, names.METHODS[target.method])


def _excluded_note(results: Sequence[Result]) -> str:
    """What was left out of the count, disclosed wherever the figure is printed."""
    counted, excluded = sum(one.respondents for one in results), sum(one.excluded for one in results)
    if not excluded:
        return "Tidak ada jawaban yang dikecualikan dari penghitungan."
    return (
        f"{number(excluded, LANGUAGE)} dari {number(counted + excluded, LANGUAGE)} jawaban dikecualikan dari "
        "penghitungan melalui buku pengecualian, dengan alasan dan persetujuan dua orang."
    )


def _topics(session: Session, unit_ids: tuple[int, ...], period: Period) -> tuple[tuple[str, str], ...]:
    found = topic_counts(session, unit_ids, period).topics[:TOPICS_NAMED]
    return tuple((one.name, number(one.comments, LANGUAGE)) for one in found)


def _conclusion(unit: Unit, service: Service | None, period: Period, surveys: Sequence[Survey]) -> str:
    name = service.name if service else unit.name
    if not surveys:
        return f"Pada {period_name(period, LANGUAGE)} belum ada responden yang menilai {name}."
    first = surveys[0]
    weak = words.listed(list(first.lowest))
    return (
        f"{first.lead} Perbaikan diprioritaskan pada unsur {weak}, sesuai rencana tindak lanjut dalam laporan ini. "
        "Hasil survei ini diumumkan kepada masyarakat, dan pelaksanaan tindak lanjutnya dilaporkan pada periode "
        "berikutnya."
    )
