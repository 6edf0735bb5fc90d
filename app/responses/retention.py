"""How long each field of an answer is kept. Scores stay: they are the result, and name nobody.

UU 27/2022, articles 43 and 44: personal data are erased when they are no longer needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, delete, func, select, update

from app.core.settings import Settings
from app.responses.receipts import receipt_code
from app.responses.tables import Comment, Response

COMMENT, PROFILE, TRACES = "comment", "profile", "traces"
FIELDS: Mapping[str, tuple[str, ...]] = {
    PROFILE: ("sex", "age", "education", "occupation", "disability"),
    TRACES: ("seconds", "flags"),
}
MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Rule:
    """Answers given before `before` lose what the rule names; `months` is None where it is kept for ever."""

    name: str
    months: int | None
    before: date | None


def rules_of(settings: Settings, today: date) -> tuple[Rule, ...]:
    """The rules in force today."""
    months = {
        COMMENT: settings.keep_comments_months,
        PROFILE: settings.keep_profile_months,
        TRACES: settings.keep_traces_months,
    }
    return tuple(
        Rule(name, kept or None, _months_before(today, kept) if kept else None)
        for name, kept in months.items()
    )


def due(session: Session, rule: Rule) -> int:
    """How many answers still hold what the rule would erase."""
    if rule.before is None:
        return 0
    if rule.name == COMMENT:
        statement = select(func.count()).select_from(Comment).where(_old_comment(rule.before))
    else:
        statement = select(func.count()).select_from(Response).where(*_old_fields(rule))
    return session.exec(statement).one()


def apply(session: Session, rule: Rule) -> int:
    """Erase; how many answers were changed. Tallies and totals do not depend on what is erased."""
    if rule.before is None:
        return 0
    if rule.name == COMMENT:
        return _changed(session.execute(delete(Comment).where(_old_comment(rule.before))))
    nothing = dict.fromkeys(FIELDS[rule.name], None)
    return _changed(session.execute(update(Response).where(*_old_fields(rule)).values(nothing)))


def forget_comment(session: Session, secret: bytes, unit_id: int, receipt: str) -> int:
    """Erase the comments of a unit whose answer has this receipt code; how many, almost always one or none.

    Codes are derived and not stored: every comment of the unit is tried. The scores stay.
    """
    wanted = receipt.strip().upper()
    keys = session.exec(select(Comment.response_id).where(Comment.unit_id == unit_id)).all()
    found = [key for key in keys if receipt_code(secret, unit_id, key) == wanted]
    if found:
        session.execute(
            delete(Comment).where(col(Comment.unit_id) == unit_id, col(Comment.response_id).in_(found))
        )
    return len(found)


def _old_comment(before: date) -> ColumnElement[bool]:
    return (
        select(Response.id)
        .where(
            Response.unit_id == Comment.unit_id,
            Response.id == Comment.response_id,
            col(Response.local_date) < before,
        )
        .exists()
    )


def _old_fields(rule: Rule) -> tuple[ColumnElement[bool], ...]:
    if rule.before is None:
        raise ValueError("this rule erases nothing")
    held = or_(*(col(getattr(Response, name)).is_not(None) for name in FIELDS[rule.name]))
    return col(Response.local_date) < rule.before, held


def _changed(result: object) -> int:
    return int(getattr(result, "rowcount", 0))


def _months_before(day: date, months: int) -> date:
    """The first day of the month that lies so many months before: whole months are erased together."""
    ordinal = day.year * MONTHS_A_YEAR + day.month - 1 - months
    return date(ordinal // MONTHS_A_YEAR, ordinal % MONTHS_A_YEAR + 1, 1)
