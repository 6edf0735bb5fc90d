"""Mail to the people of a unit whose target will not be reached: once a plan and week, noted before it leaves."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col, delete, select

from app.aggregation.period_picker import period_name
from app.audit.service import Actor, record
from app.auth import mail
from app.auth.mail import Letter
from app.auth.roles import Role
from app.auth.tables import Grant, User
from app.core.db import Database
from app.core.messages import DEFAULT, translate
from app.core.settings import Settings
from app.ikm.periods import parse
from app.plans import queries
from app.plans.queries import Progress
from app.plans.tables import Plan, PlanReminder
from app.plans.wording import long_day
from app.units import queries as units
from app.units.tables import Service, Unit
from app.web.chart_words import number

ABANDONED_AFTER = timedelta(hours=1)
"""A process that wrote down that it would mail and has not said how it went by then has died."""
ROLES = (Role.UNIT_HEAD.value, Role.ADMIN.value)


@dataclass(frozen=True, slots=True)
class Due:
    """A plan that runs late and whose people were not told this week: what to write to whom."""

    unit_id: int
    plan_id: UUID
    week: date
    name: str
    addresses: tuple[str, ...]
    letter: Letter


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a reminder: to how many of its people it was handed over."""

    due: Due
    sent: int


def due(session: Session, now: datetime, public_url: str) -> list[Due]:
    """Every plan at risk in the zone of its unit that nobody was told of this week."""
    found: list[Due] = []
    for unit in session.exec(select(Unit).where(col(Unit.active).is_(True)).order_by(Unit.code)).all():
        if unit.id is None:
            continue
        today = now.astimezone(ZoneInfo(unit.timezone)).date()
        week = today - timedelta(days=today.weekday())
        for late in queries.at_risk(session, [unit.id], today):
            told = session.get(PlanReminder, (unit.id, late.plan.id, week))
            if told is None or _is_abandoned(told, now):
                name, letter = _letter(session, unit, late, public_url)
                found.append(Due(unit.id, late.plan.id, week, name, _addresses(session, unit.id), letter))
    return found


def send(database: Database, settings: Settings, actor: Actor, now: datetime) -> list[Outcome]:
    """Mail every reminder that is due. One that could reach nobody is due again.

    The reminder is durable before its mail leaves, so that two commands at once do not write twice.
    """
    with database.read() as session:
        wanted = due(session, now, settings.public_url)
    outcomes = []
    for one in wanted:
        sent = 0
        if one.addresses and _claim(database, one, now):
            sent = sum(mail.send(settings, address, one.letter) for address in one.addresses)
            _settle(database, actor, one, sent, now)
        outcomes.append(Outcome(one, sent))
    return outcomes


def _claim(database: Database, one: Due, now: datetime) -> bool:
    """Whether this process may write: of several, the one whose row is stored."""
    with database.write() as session:
        before = session.get(PlanReminder, (one.unit_id, one.plan_id, one.week), with_for_update=True)
        if before is not None and _is_abandoned(before, now):
            before.sent_at = now
            session.add(before)
            return True
        insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
        row = insert(PlanReminder).values(
            unit_id=one.unit_id, plan_id=one.plan_id, week=one.week, sent_at=now, recipients=0
        )
        claimed = session.execute(row.on_conflict_do_nothing().returning(col(PlanReminder.week)))
        return bool(claimed.all())


def _is_abandoned(reminder: PlanReminder, now: datetime) -> bool:
    return not reminder.recipients and reminder.sent_at < now - ABANDONED_AFTER


def _settle(database: Database, actor: Actor, one: Due, sent: int, now: datetime) -> None:
    with database.write() as session:
        kept = session.get(PlanReminder, (one.unit_id, one.plan_id, one.week))
        if kept is None:
            return  # the plan was removed in the meantime
        if not sent:
            session.exec(
                delete(PlanReminder).where(
                    col(PlanReminder.unit_id) == one.unit_id,
                    col(PlanReminder.plan_id) == one.plan_id,
                    col(PlanReminder.week) == one.week,
                )
            )
            return
        kept.recipients = sent
        session.add(kept)
        record(
            session,
            actor,
            "plan.reminded",
            now,
            unit_id=one.unit_id,
            subject=f"plan:{one.plan_id}",
            details={"week": one.week.isoformat(), "recipients": sent},
        )


def _addresses(session: Session, unit_id: int) -> tuple[str, ...]:
    """Heads and administrators of the unit itself; where nobody there has an address, of the nearest unit above."""
    for above in units.ancestors(session, unit_id):
        wanted = (
            select(col(User.email))
            .join(Grant, col(Grant.user_id) == col(User.id))
            .where(
                Grant.unit_id == above,
                col(Grant.role).in_(ROLES),
                col(User.active).is_(True),
                col(User.email).is_not(None),
            )
        )
        found = {address for address in session.exec(wanted.distinct()) if address}
        if found:
            return tuple(sorted(found))
    return ()


def _letter(session: Session, unit: Unit, late: Progress, public_url: str) -> tuple[str, Letter]:
    plan, forecast = late.plan, late.forecast
    service = session.get(Service, plan.service_id) if plan.service_id is not None else None
    name = f"{unit.name}, {service.name}" if service else unit.name
    expected = (
        translate("sekitar {day}", DEFAULT, {"day": long_day(forecast.expected, DEFAULT)})
        if forecast.expected
        else translate("tidak dalam setahun", DEFAULT)
    )
    said = {
        "name": name,
        "period": period_name(parse(plan.period), DEFAULT),
        "answers": number(late.answers, DEFAULT),
        "target": number(plan.target, DEFAULT),
        "last": long_day(plan.last_day, DEFAULT),
        "needed": number(forecast.needed or 0, DEFAULT),
        "expected": expected,
        "link": f"{public_url}/petugas/unit/{unit.code}/rencana/{plan.id}",
    }
    subject = translate("Target survei tidak akan tercapai: {name}", DEFAULT, said)
    text = translate(
        "{name}, {period}\n\n"
        "Sampai sekarang {answers} dari {target} jawaban. Dengan laju sekarang target tercapai {expected}, "
        "padahal hari terakhirnya {last}. Perlu {needed} jawaban setiap hari.\n\n"
        "Rencananya: {link}\n\n"
        "Surel ini dikirim paling banyak sekali seminggu selama target tidak akan tercapai.\n",
        DEFAULT,
        said,
    )
    return name, Letter(subject, text)


def reminders_of(session: Session, plan: Plan) -> list[PlanReminder]:
    """The reminders that were mailed about a plan, newest first."""
    wanted = select(PlanReminder).where(
        PlanReminder.unit_id == plan.unit_id, PlanReminder.plan_id == plan.id, PlanReminder.recipients > 0
    )
    return list(session.exec(wanted.order_by(col(PlanReminder.week).desc())))
