"""What the demonstration's people did with comments: topics, states, replies, LAPOR!; the newest still wait."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from app.audit.service import Actor
from app.comments import handover, service, sorting, starter
from app.comments.clock import StepName, after_working_days
from app.comments.tables import CommentTopic
from app.core.db import Database
from app.demo.temper import ELEMENTS
from app.responses.tables import Comment
from app.units.queries import below, unit_by_code
from app.units.tables import Unit

ACTOR = Actor("command", None, "eskm demo")
AT_ONCE = 500
# Comments of the last weeks that are looked at; what is older stays as it is, so that loading stays quick.
DEALT_WITH_DAYS, DEALT_WITH_MOST = 200, 300
NEW_DAYS = 12
HANDED_OVER, RUNNING_DAYS = 3, 5
REPLIES = {
    "waktu": "Terima kasih atas masukannya. Sejak bulan ini loket ketiga dibuka pada jam sibuk.",
    "biaya": "Terima kasih. Daftar tarif kini dipasang di pintu masuk dan di tiap loket.",
    "sarana": "Terima kasih. Kursi ruang tunggu ditambah dan jadwal kebersihan toilet dipasang.",
    "pengaduan": "Mohon maaf atas keterlambatannya. Setiap aduan kini dijawab paling lama lima hari kerja.",
    "prosedur": "Terima kasih. Alur layanan sudah kami gambar ulang dan dipasang di papan informasi.",
}


def deal_with_comments(database: Database, government: str, now: datetime) -> None:
    """Once: where the government has topics already, nothing is done."""
    with database.write() as session:
        unit = unit_by_code(session, government)
        if unit is None or unit.id is None:
            return
        if session.exec(select(CommentTopic.key).where(CommentTopic.unit_id == unit.id)).first():
            return
        topics = starter.begin(session, ACTOR, unit.id, ELEMENTS, now)
        ids = below(session, unit.id)
    elements = {topic.key: topic.element for topic in topics}
    while True:
        with database.write() as session:
            found = sorting.find(session, ids, AT_ONCE)
            sorting.keep(session, found)
        if not found.number:
            break
    with database.write() as session:
        units = session.exec(select(Unit).where(col(Unit.id).in_(ids)).order_by(Unit.code)).all()
        for one in units:
            _deal(session, one, elements, now)


def _deal(session: Session, unit: Unit, elements: dict[str, str | None], now: datetime) -> None:
    zone = ZoneInfo(unit.timezone)
    today = now.astimezone(zone).date()
    chance = random.Random(f"{unit.code} comments")  # noqa: S311 - demonstration data, not a secret
    comments = session.exec(
        select(Comment)
        .where(
            Comment.unit_id == unit.id,
            col(Comment.local_date) >= today - timedelta(days=DEALT_WITH_DAYS),
            col(Comment.local_date) < today - timedelta(days=NEW_DAYS),
        )
        .order_by(col(Comment.local_date).desc(), col(Comment.response_id))
        .limit(DEALT_WITH_MOST)
    ).all()
    for comment in comments:
        _treat(session, comment, elements.get(comment.topic or ""), chance, zone, now)
    _hand_over(session, [one for one in comments if elements.get(one.topic or "") == "pengaduan"], zone, now)


def _treat(
    session: Session,
    comment: Comment,
    element: str | None,
    chance: random.Random,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """The older, the further: reviewed after some days, answered and done after weeks."""
    age = (now.astimezone(zone).date() - comment.local_date).days
    at = min(now, datetime.combine(comment.local_date + timedelta(days=4), datetime.min.time(), zone))
    at += timedelta(hours=9, minutes=chance.randrange(300))
    if chance.random() < 0.12:
        return
    service.set_state(session, ACTOR, comment, "reviewed", None, at)
    if element not in REPLIES or chance.random() < 0.35:
        return
    service.set_state(
        session, ACTOR, comment, "acted_on", "Dibahas dalam rapat unit.", at + timedelta(days=2)
    )
    if chance.random() < 0.4:
        service.set_reply(session, ACTOR, comment, REPLIES[element], at + timedelta(days=3), publish=True)
    if age > 45 and chance.random() < 0.7:
        service.set_state(session, ACTOR, comment, "done", None, at + timedelta(days=6))


def _hand_over(session: Session, complaints: Sequence[Comment], zone: ZoneInfo, now: datetime) -> None:
    """Three complaints at LAPOR!: one runs against its clock, one is finished, one is late."""
    today = now.astimezone(zone).date()
    waiting = [one for one in complaints if one.state != "done"]
    for number, comment in enumerate(waiting[:HANDED_OVER]):
        lately = today - timedelta(days=RUNNING_DAYS)
        on = lately if number == 0 else after_working_days(comment.local_date, 1)
        handover.hand_over(
            session,
            ACTOR,
            comment,
            lapor_number=str(8_100_000 + 137 * number + 11 * comment.unit_id),
            kind="complaint",
            on=on,
            today=today,
            now=now,
        )
        days: dict[StepName, date] = {"verified": after_working_days(on, 2)}
        days |= (
            {"answered": after_working_days(on, 4), "finished": after_working_days(on, 11)}
            if number == 1
            else {}
        )
        known = {step: day for step, day in days.items() if day <= today}
        handover.note_steps(session, ACTOR, comment, known, today, now)
