"""What intake is compared with: three small services for the same body.

`parse` only parses JSON, `validate` only validates it as FastAPI does, `usual` stores it as most programs do:
a `def` route, a SQLModel session, one insert and one commit per request, on the same table.
"""

import os
from collections.abc import Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, col, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from app.core.db import Database
from app.core.settings import Settings
from app.responses.tables import Response
from app.units.tables import Point, Service

PATH = "/api/v1/responses"
Score = Annotated[int, Field(ge=1, le=4)]


async def _parse(request: Request) -> JSONResponse:
    body = await request.json()
    return JSONResponse({"id": body["id"], "status": "stored"}, 201)


parse = Starlette(routes=[Route(PATH, _parse, methods=["POST"])])


class Scores(BaseModel):
    """Nine scores."""

    model_config = ConfigDict(extra="forbid", strict=True)

    persyaratan: Score
    prosedur: Score
    waktu: Score
    biaya: Score
    produk: Score
    kompetensi: Score
    perilaku: Score
    sarana: Score
    pengaduan: Score


class Profile(BaseModel):
    """Who answered."""

    model_config = ConfigDict(extra="forbid")

    sex: str | None = None
    age: Annotated[int, Field(ge=0, le=120)] | None = None
    education: str | None = None
    occupation: str | None = None
    disability: bool | None = None


class Body(BaseModel):
    """The same body as the service takes."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    point: str
    service: str | None = None
    answered_at: datetime | None = None
    scores: Scores
    profile: Profile | None = None
    comment: Annotated[str, Field(max_length=2000)] | None = None
    seconds: int | None = None


class Stored(BaseModel):
    """The answer to it."""

    id: UUID
    receipt: str
    status: str


validate = FastAPI()


@validate.post(PATH, status_code=201)
async def _validate(body: Body) -> Stored:
    return Stored(id=body.id, receipt="K7Q4-2M9X", status="stored")


@asynccontextmanager
async def _lifespan(app: FastAPI) -> Any:
    app.state.database = Database(Settings(database_url=os.environ["ESKM_DATABASE_URL"]))
    yield
    app.state.database.dispose()


usual = FastAPI(lifespan=_lifespan)


def _session() -> Iterator[Session]:
    with Session(usual.state.database.engine) as session:
        yield session


@usual.post(PATH, status_code=201)
def _usual(body: Body, session: Annotated[Session, Depends(_session)]) -> Stored:
    point = session.exec(select(Point).where(Point.code == body.point)).one()
    service = session.exec(
        select(Service).where(Service.unit_id == point.unit_id).order_by(col(Service.id))
    ).first()
    assert service is not None
    now = datetime.now(UTC)
    session.add(
        Response(
            unit_id=point.unit_id,
            id=uuid4(),
            service_id=point.service_id or service.id,
            point_id=point.id,
            instrument="skm-2017@1",
            channel=point.channel,
            answered_at=now,
            local_date=now.date(),
            received_at=now,
            scores=body.scores.model_dump(),
            respondent_mean=0,
            sex=body.profile.sex if body.profile else None,
            age=body.profile.age if body.profile else None,
            education=body.profile.education if body.profile else None,
            seconds=body.seconds,
            digest=b"0" * 16,
        )
    )
    session.commit()
    return Stored(id=body.id, receipt="K7Q4-2M9X", status="stored")
