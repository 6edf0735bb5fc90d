"""Making, changing and removing plans; every change is recorded."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete

from app.audit.service import Actor, record
from app.core.ids import uuid7
from app.plans import queries
from app.plans.drafts import Draft
from app.plans.errors import PlanChanged, PlanExists
from app.plans.tables import Plan, PlanReminder


def add(
    session: Session, actor: Actor, unit_id: int, service_id: int | None, draft: Draft, now: datetime
) -> Plan:
    """A new plan. Raises PlanExists when there is one for the same unit or service and period."""
    if queries.plan_of(session, unit_id, service_id, draft.period) is not None:
        raise PlanExists
    plan = Plan(unit_id=unit_id, id=uuid7(), service_id=service_id, **asdict(draft), changed_at=now)
    try:
        with session.begin_nested():
            session.add(plan)
    except IntegrityError:  # somebody else was faster by a moment
        raise PlanExists from None
    record(
        session,
        actor,
        "plan.added",
        now,
        unit_id=unit_id,
        subject=f"plan:{plan.id}",
        details={"service_id": service_id, **_told(draft)},
    )
    return plan


def change(
    session: Session, actor: Actor, plan: Plan, version: int | None, draft: Draft, now: datetime
) -> bool:
    """Make `plan` what `draft` says; False when it was that already.

    `version` is the one that was seen. Raises PlanChanged when it is no longer that one, PlanExists when the
    period became that of another plan.
    """
    session.refresh(plan, with_for_update=True)
    wanted = asdict(draft)
    before = {name: getattr(plan, name) for name in wanted}
    if wanted == before:
        return False
    if version != plan.version:
        raise PlanChanged
    other = queries.plan_of(session, plan.unit_id, plan.service_id, draft.period)
    if other is not None and other.id != plan.id:
        raise PlanExists
    for name, value in wanted.items():
        setattr(plan, name, value)
    plan.version += 1
    plan.changed_at = now
    session.add(plan)
    session.flush()
    differences = {
        name: [_plain(before[name]), _plain(value)]
        for name, value in wanted.items()
        if value != before[name] and name != "note"
    }
    record(
        session,
        actor,
        "plan.changed",
        now,
        unit_id=plan.unit_id,
        subject=f"plan:{plan.id}",
        details={"period": plan.period, "changes": differences},
    )
    return True


def remove(
    session: Session, actor: Actor, unit_id: int, plan_id: UUID, version: int | None, now: datetime
) -> None:
    """Forget a plan with its reminders. Raises NotFound, and PlanChanged as `change` does."""
    plan = queries.find(session, unit_id, plan_id)
    session.refresh(plan, with_for_update=True)
    if version != plan.version:
        raise PlanChanged
    session.exec(
        delete(PlanReminder).where(col(PlanReminder.unit_id) == unit_id, col(PlanReminder.plan_id) == plan_id)
    )
    details = {"period": plan.period, "service_id": plan.service_id, "target": plan.target}
    session.delete(plan)
    session.flush()
    record(session, actor, "plan.removed", now, unit_id=unit_id, subject=f"plan:{plan_id}", details=details)


def _told(draft: Draft) -> dict[str, object]:
    return {name: _plain(value) for name, value in asdict(draft).items() if name != "note"}


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int | str) else str(value)
