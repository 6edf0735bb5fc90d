"""Reading follow-ups: lists, history, evidence, and what reports, dashboards and citizens are shown of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from app.core.errors import NotFound
from app.files.tables import StoredFile
from app.followups.clock import Deadline, next_deadline, quarter_end
from app.followups.tables import (
    CANCELLED,
    DONE,
    OPEN,
    ConsultationForum,
    FollowUp,
    FollowUpEvidence,
    FollowUpStep,
    SurveyReport,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file of a follow-up; `public`: citizens may open it once the follow-up is published."""

    file: StoredFile
    public: bool


@dataclass(frozen=True, slots=True)
class Clocked:
    """A follow-up with its clock: when its survey's report was issued, whether its own quarter is over.

    `deadline` is the best PEKPPP level that its period can still reach; None once it is done, cancelled, twelve
    months late, or while no report was issued.
    """

    row: FollowUp
    issued_on: date | None
    late: bool
    deadline: Deadline | None


@dataclass(frozen=True, slots=True)
class Summary:
    """How many follow-ups are open, late among them, done and cancelled; the next deadline, with its period."""

    open: int
    late: int
    done: int
    cancelled: int
    next_deadline: Deadline | None
    next_period: str | None


@dataclass(frozen=True, slots=True)
class PeriodProgress:
    """The plan of one survey, for PEKPPP 8 and 9. `finished` has a day for each planned action, None: not done.

    Cancelled actions are counted in `planned` and have no day: cancelling finishes nothing.
    """

    period: str
    issued_on: date | None
    planned: int
    done: int
    cancelled: int
    finished: tuple[date | None, ...]


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A line of the follow-up plan (RTL) as reports print it; later also what became of it."""

    element: str | None
    recommendation: str
    action: str
    due_year: int
    due_quarter: int
    owner: str
    state: str
    progress: int
    done_on: date | None
    outcome: str | None
    evidence: tuple[str, ...]
    obstacles: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Published:
    """What the unit changed, or promised to, in the words meant for citizens; `files` may be opened by anybody."""

    id: UUID
    element: str | None
    period: str
    text: str
    state: str
    due_year: int
    due_quarter: int
    done_on: date | None
    files: tuple[tuple[UUID, str], ...]


def one(session: Session, unit_id: int, follow_up_id: UUID) -> FollowUp:
    """A follow-up of this unit. Raises NotFound."""
    found = session.get(FollowUp, (unit_id, follow_up_id))
    if found is None:
        raise NotFound
    return found


def of_unit(
    session: Session,
    unit_ids: Collection[int],
    *,
    states: Collection[str] = (),
    period: str | None = None,
    element: str | None = None,
) -> list[FollowUp]:
    """Follow-ups of these units, those due first; everything without filters."""
    wanted = select(FollowUp).where(col(FollowUp.unit_id).in_(unit_ids))
    if states:
        wanted = wanted.where(col(FollowUp.state).in_(states))
    if period:
        wanted = wanted.where(FollowUp.period == period)
    if element:
        wanted = wanted.where(FollowUp.element == element)
    order = (col(FollowUp.due_year), col(FollowUp.due_quarter), col(FollowUp.created_at), col(FollowUp.id))
    return list(session.exec(wanted.order_by(*order)))


def clocked(session: Session, rows: Sequence[FollowUp], today: date) -> list[Clocked]:
    """The same with their clocks: the late ones first, then the open ones, then what is over, newest first."""
    issued = issued_days(session, {row.unit_id for row in rows})
    found = [_clocked(row, issued.get((row.unit_id, row.period)), today) for row in rows]
    return sorted(found, key=_urgency)


def is_late(row: FollowUp, today: date) -> bool:
    """Whether it is open although its quarter is over."""
    return row.state in OPEN and quarter_end(row.due_year, row.due_quarter) < today


def history(session: Session, unit_id: int, follow_up_id: UUID) -> Sequence[FollowUpStep]:
    """Everything that happened to a follow-up, newest first."""
    wanted = select(FollowUpStep).where(
        FollowUpStep.unit_id == unit_id, FollowUpStep.follow_up_id == follow_up_id
    )
    return session.exec(wanted.order_by(col(FollowUpStep.at).desc(), col(FollowUpStep.id).desc())).all()


def evidence(
    session: Session, unit_ids: Collection[int], follow_up_ids: Collection[UUID]
) -> dict[UUID, list[Evidence]]:
    """The files of these follow-ups, in the order in which they came."""
    wanted = (
        select(FollowUpEvidence, StoredFile)
        .join(
            StoredFile,
            (col(StoredFile.unit_id) == col(FollowUpEvidence.unit_id))
            & (col(StoredFile.id) == col(FollowUpEvidence.file_id)),
        )
        .where(col(FollowUpEvidence.unit_id).in_(unit_ids))
        .where(col(FollowUpEvidence.follow_up_id).in_(follow_up_ids))
        .order_by(col(StoredFile.uploaded_at), col(StoredFile.id))
    )
    found: dict[UUID, list[Evidence]] = {}
    for link, file in session.exec(wanted):
        found.setdefault(link.follow_up_id, []).append(Evidence(file, link.public))
    return found


def published(session: Session, unit_id: int) -> list[Published]:
    """What citizens may read of a unit's follow-ups: done ones first, newest first, then what was promised."""
    wanted = select(FollowUp).where(FollowUp.unit_id == unit_id, col(FollowUp.published))
    rows = session.exec(wanted.where(FollowUp.state != CANCELLED)).all()
    files = evidence(session, [unit_id], [row.id for row in rows])
    order = sorted(
        rows, key=lambda row: (row.done_on or date.min, row.due_year, row.due_quarter), reverse=True
    )
    return [
        Published(
            id=row.id,
            element=row.element,
            period=row.period,
            text=row.public_text or "",
            state=row.state,
            due_year=row.due_year,
            due_quarter=row.due_quarter,
            done_on=row.done_on,
            files=tuple((one.file.id, one.file.name) for one in files.get(row.id, ()) if one.public),
        )
        for row in order
    ]


def public_file(session: Session, unit_id: int, file_id: UUID) -> StoredFile:
    """A file that a published follow-up shows to citizens. Raises NotFound for every other one."""
    wanted = (
        select(StoredFile)
        .join(
            FollowUpEvidence,
            (col(StoredFile.unit_id) == col(FollowUpEvidence.unit_id))
            & (col(StoredFile.id) == col(FollowUpEvidence.file_id)),
        )
        .join(
            FollowUp,
            (col(FollowUp.unit_id) == col(FollowUpEvidence.unit_id))
            & (col(FollowUp.id) == col(FollowUpEvidence.follow_up_id)),
        )
        .where(StoredFile.unit_id == unit_id, StoredFile.id == file_id)
        .where(col(FollowUpEvidence.public), col(FollowUp.published), FollowUp.state != CANCELLED)
    )
    found = session.exec(wanted).first()
    if found is None:
        raise NotFound
    return found


def summary(session: Session, unit_id: int, today: date) -> Summary:
    """A unit's follow-ups in figures, and the next PEKPPP deadline among its open ones."""
    return summaries(session, [unit_id], today)[unit_id]


def summaries(session: Session, unit_ids: Collection[int], today: date) -> dict[int, Summary]:
    """The same for several units at once."""
    by_unit: dict[int, list[Clocked]] = {unit_id: [] for unit_id in unit_ids}
    for one_ in clocked(session, of_unit(session, unit_ids), today):
        by_unit[one_.row.unit_id].append(one_)
    return {unit_id: _summary(found) for unit_id, found in by_unit.items()}


def plan_rows(session: Session, unit_id: int, period: str, priority: Sequence[str] = ()) -> list[PlanRow]:
    """The follow-up plan of a survey. `priority` are element keys, the lowest value first, as the table asks."""
    rank = {key: place for place, key in enumerate(priority)}
    rows = of_unit(session, [unit_id], period=period)
    files = evidence(session, [unit_id], [row.id for row in rows])
    return [
        PlanRow(
            element=row.element,
            recommendation=row.recommendation,
            action=row.action,
            due_year=row.due_year,
            due_quarter=row.due_quarter,
            owner=row.owner,
            state=row.state,
            progress=row.progress,
            done_on=row.done_on,
            outcome=row.outcome,
            evidence=tuple(one.file.name for one in files.get(row.id, ())),
            obstacles=row.obstacles,
            reason=row.reason,
        )
        for row in sorted(rows, key=lambda row: rank.get(row.element or "", len(rank)))
    ]


def progress_of(session: Session, unit_id: int) -> list[PeriodProgress]:
    """Every survey of a unit that has a plan or an issued report, by its period's code."""
    rows = of_unit(session, [unit_id])
    issued = {period: day for (_, period), day in issued_days(session, [unit_id]).items()}
    found = []
    for period in sorted({*issued, *(row.period for row in rows)}):
        here = [row for row in rows if row.period == period]
        found.append(
            PeriodProgress(
                period=period,
                issued_on=issued.get(period),
                planned=len(here),
                done=sum(row.state == DONE for row in here),
                cancelled=sum(row.state == CANCELLED for row in here),
                finished=tuple(row.done_on for row in here),
            )
        )
    return found


def report_of(session: Session, unit_id: int, period: str) -> SurveyReport | None:
    """When the report of this survey was issued."""
    return session.get(SurveyReport, (unit_id, period))


def reports(session: Session, unit_id: int) -> Sequence[SurveyReport]:
    """All issued reports of a unit, newest first."""
    wanted = select(SurveyReport).where(SurveyReport.unit_id == unit_id)
    return session.exec(wanted.order_by(col(SurveyReport.issued_on).desc())).all()


def forums(session: Session, unit_id: int) -> Sequence[ConsultationForum]:
    """All consultation forums of a unit, newest first."""
    wanted = select(ConsultationForum).where(ConsultationForum.unit_id == unit_id)
    return session.exec(wanted.order_by(col(ConsultationForum.held_on).desc())).all()


def issued_days(session: Session, unit_ids: Collection[int]) -> dict[tuple[int, str], date]:
    """By unit and period, the day on which the report was issued."""
    wanted = select(SurveyReport).where(col(SurveyReport.unit_id).in_(unit_ids))
    return {(row.unit_id, row.period): row.issued_on for row in session.exec(wanted)}


def _clocked(row: FollowUp, issued_on: date | None, today: date) -> Clocked:
    is_open = row.state in OPEN
    deadline = next_deadline(issued_on, today) if issued_on and is_open else None
    return Clocked(row, issued_on, is_late(row, today), deadline)


def _urgency(found: Clocked) -> tuple[int, int, int]:
    row = found.row
    if row.state in OPEN:
        return (0 if found.late else 1, row.due_year * 4 + row.due_quarter, row.created_at.toordinal())
    return (2, -(row.done_on or row.changed_at).toordinal(), 0)


def _summary(found: Sequence[Clocked]) -> Summary:
    running = [(one.deadline, one.row.period) for one in found if one.deadline is not None]
    deadline, period = min(running, key=lambda one: one[0].until, default=(None, None))
    states = [one.row.state for one in found]
    return Summary(
        open=sum(state in OPEN for state in states),
        late=sum(one.late for one in found),
        done=states.count(DONE),
        cancelled=states.count(CANCELLED),
        next_deadline=deadline,
        next_period=period,
    )
