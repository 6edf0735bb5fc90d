"""The ledger of exclusions: one person proposes to take answers out of the count, another decides.

Nothing is ever deleted. An answer that was taken out can be proposed to count again, by the same two steps.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.audit.service import Actor, record
from app.core.errors import DomainError, FieldError, InvalidInput, NotFound
from app.core.ids import uuid7
from app.responses.exclusion import set_state
from app.responses.tables import COUNTED, EXCLUDED, Exclusion, Response

EXCLUDE, INCLUDE = "exclude", "include"
APPROVED, REFUSED = "approved", "refused"
REASONS = ("trial", "repeated", "not_a_user", "machine", "mistake", "other")
NOTE_MAX = 500
ANSWERS_MAX = 200
_STATE_BEFORE = {EXCLUDE: COUNTED, INCLUDE: EXCLUDED}
_STATE_AFTER = {EXCLUDE: EXCLUDED, INCLUDE: COUNTED}


class SamePerson(DomainError):
    """Whoever proposed cannot decide: the rule of two persons."""

    status = 409
    code = "same_person"
    message = "Usul ini harus diputuskan oleh orang lain, bukan yang mengusulkan."


class AlreadyDecided(DomainError):
    """Somebody else has decided meanwhile."""

    status = 409
    code = "already_decided"
    message = "Usul ini sudah diputuskan."


def propose(
    session: Session,
    actor: Actor,
    unit_id: int,
    response_ids: Collection[UUID],
    *,
    kind: str,
    reason: str,
    note: str | None,
    now: datetime,
) -> list[Exclusion]:
    """One line for each answer. Raises `InvalidInput`: nothing chosen, no reason, not in the state to be changed.

    An answer about which a proposal is open already is left out.
    """
    if actor.id is None or actor.kind != "user":
        raise InvalidInput(
            (FieldError("/by", "person_needed", "Hanya orang yang masuk yang dapat mengusulkan."),)
        )
    note = " ".join((note or "").split()) or None
    _check(response_ids, reason, note)
    found = session.exec(
        select(Response.id).where(
            Response.unit_id == unit_id,
            col(Response.id).in_(sorted(set(response_ids))),
            Response.state == _STATE_BEFORE[kind],
        )
    ).all()
    open_already = {line.response_id for line in pending(session, [unit_id])}
    lines = [
        Exclusion(
            unit_id=unit_id,
            id=uuid7(),
            response_id=response_id,
            kind=kind,
            reason=reason,
            note=note,
            proposed_by=actor.id,
            proposed_at=now,
        )
        for response_id in sorted(found)
        if response_id not in open_already
    ]
    if not lines:
        raise InvalidInput(
            (
                FieldError(
                    "/answers", "answers_missing", "Pilih sedikitnya satu jawaban yang belum diusulkan."
                ),
            )
        )
    session.add_all(lines)
    record(
        session,
        actor,
        "exclusion.proposed",
        now,
        unit_id=unit_id,
        details={"kind": kind, "reason": reason, "answers": [str(line.response_id) for line in lines]},
    )
    return lines


def decide(
    session: Session, actor: Actor, unit_id: int, line_ids: Iterable[UUID], *, approve: bool, now: datetime
) -> int:
    """Decide open lines of a unit; approved ones change the count at once. How many answers changed.

    Raises `NotFound`, `AlreadyDecided`, `SamePerson`; then nothing is changed.
    """
    lines = [_line(session, unit_id, id_) for id_ in sorted(set(line_ids))]
    for line in lines:
        if line.decision is not None:
            raise AlreadyDecided
        if actor.kind != "user" or actor.id is None or line.proposed_by == actor.id:
            raise SamePerson
        line.decision = APPROVED if approve else REFUSED
        line.decided_by, line.decided_at = actor.id, now
    changed = 0
    if approve:
        for kind, state in _STATE_AFTER.items():
            changed += set_state(
                session, unit_id, [one.response_id for one in lines if one.kind == kind], state
            )
    record(
        session,
        actor,
        "exclusion.approved" if approve else "exclusion.refused",
        now,
        unit_id=unit_id,
        details={"lines": [str(line.id) for line in lines], "answers_changed": changed},
    )
    return changed


def pending(session: Session, unit_ids: Collection[int]) -> Sequence[Exclusion]:
    """Open proposals of these units, oldest first."""
    wanted = select(Exclusion).where(col(Exclusion.unit_id).in_(unit_ids), col(Exclusion.decision).is_(None))
    return session.exec(wanted.order_by(col(Exclusion.proposed_at), col(Exclusion.id))).all()


def history(session: Session, unit_ids: Collection[int], limit: int = 100) -> Sequence[Exclusion]:
    """Decided lines of these units, newest first."""
    wanted = select(Exclusion).where(
        col(Exclusion.unit_id).in_(unit_ids), col(Exclusion.decision).is_not(None)
    )
    return session.exec(wanted.order_by(col(Exclusion.decided_at).desc()).limit(limit)).all()


def _line(session: Session, unit_id: int, id_: UUID) -> Exclusion:
    statement = select(Exclusion).where(Exclusion.unit_id == unit_id, Exclusion.id == id_)
    line = session.exec(statement.with_for_update()).one_or_none()
    if line is None:
        raise NotFound
    return line


def _check(response_ids: Collection[UUID], reason: str, note: str | None) -> None:
    faults = []
    if not response_ids or len(response_ids) > ANSWERS_MAX:
        message = "Pilih 1 sampai {most} jawaban."
        faults.append(FieldError("/answers", "answers_count", message, {"most": ANSWERS_MAX}))
    if reason not in REASONS:
        faults.append(FieldError("/reason", "reason_missing", "Pilih alasannya."))
    if reason == "other" and note is None:
        faults.append(FieldError("/note", "note_missing", "Jelaskan alasannya."))
    if note is not None and (len(note) > NOTE_MAX or "\0" in note):
        faults.append(
            FieldError("/note", "note_long", "Alasan paling panjang {most} huruf.", {"most": NOTE_MAX})
        )
    if faults:
        raise InvalidInput(tuple(faults))
