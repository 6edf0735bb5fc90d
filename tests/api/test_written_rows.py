"""What the fast lane writes is what the tables read: every column, on both databases."""

import asyncio
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import select

from app.core.db import Database
from app.instruments.answers import Answer
from app.responses.directory import OpenService
from app.responses.intake import Intake
from app.responses.submission import Outcome, submission
from app.responses.tables import Comment, Response, Tally, Total

ID = UUID("0197f3a2-6f0c-7cc1-9d55-1a2b3c4d5e6f")
RECEIVED = datetime(2026, 9, 30, 15, 59, 59, 123456, tzinfo=UTC)
SCORES = {
    "persyaratan": 4,
    "prosedur": 3,
    "waktu": 1,
    "biaya": 4,
    "produk": 2,
    "kompetensi": 4,
    "perilaku": 4,
    "sarana": 3,
    "pengaduan": 2,
}


def test_every_column_is_read_back(city: Database, service: OpenService) -> None:
    given = datetime(2026, 9, 30, 23, 30, tzinfo=ZoneInfo("Asia/Makassar"))
    full = Answer(
        id=ID,
        scores=SCORES,
        answered_at=given,
        sex="P",
        age=34,
        education="D1-D4",
        occupation="WIRAUSAHA",
        disability=False,
        comment="Baik: 'cepat' \"ramah\" 100% \\ 🙂\nterima kasih",
        seconds=48,
    )
    bare = Answer(id=UUID(int=7), scores=dict.fromkeys(SCORES, 4))

    async def run() -> list[Outcome]:
        async with Intake(city) as intake:
            return [
                await intake.submit(submission(one, service.target, RECEIVED)) for one in (full, bare, full)
            ]

    assert asyncio.run(run()) == [Outcome.STORED, Outcome.STORED, Outcome.DUPLICATE]
    with city.read() as session:
        rows = {row.id: row for row in session.exec(select(Response))}
        row = rows[ID]
        assert (row.unit_id, row.service_id) == (service.target.unit_id, service.target.service_id)
        assert (row.point_id, row.channel) == (service.target.point_id, service.target.channel)
        assert row.instrument == "skm-2017@1"
        assert row.answered_at == given
        assert row.answered_at.tzinfo is UTC
        assert row.received_at == RECEIVED
        assert row.local_date == date(2026, 9, 30)
        assert row.scores == SCORES
        assert row.respondent_mean == 27 * 45360 // 9
        assert (row.sex, row.age, row.education, row.occupation) == ("P", 34, "D1-D4", "WIRAUSAHA")
        assert (row.disability, row.seconds, row.state, row.flags) == (False, 48, "counted", None)
        assert len(row.digest) == 16
        plain = rows[UUID(int=7)]
        assert plain.answered_at == RECEIVED
        assert (plain.sex, plain.age, plain.disability, plain.seconds) == (None, None, None, None)
        comments = session.exec(select(Comment)).all()
        assert [(one.response_id, one.text, one.state) for one in comments] == [(ID, full.comment, "new")]
        tallies = {
            one.question: (one.c1, one.c2, one.c3, one.c4, one.c5, one.c6)
            for one in session.exec(select(Tally))
        }
        assert tallies["waktu"] == (1, 0, 0, 1, 0, 0)
        assert tallies["pengaduan"] == (0, 1, 0, 1, 0, 0)
        assert tallies["biaya"] == (0, 0, 0, 2, 0, 0)
        total = session.exec(select(Total)).one()
        assert total.month == date(2026, 9, 1)
        assert (total.responses, total.sum) == (2, 3 * 45360 + 4 * 45360)
        assert total.squares == (3 * 45360) ** 2 + (4 * 45360) ** 2
