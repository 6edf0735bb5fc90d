"""`/healthz`: the process lives. `/readyz`: it can store."""

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import Database
from app.core.errors import Busy
from app.core.guards import public
from app.core.problems import declared
from app.core.schema_version import is_current
from app.core.session import database

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The state of the process, in one word."""

    status: str


@router.get("/healthz", summary="The process lives")
@public
async def healthz() -> Health:
    """Answers as long as the event loop turns."""
    return Health(status="ok")


@router.get("/readyz", summary="Answers can be stored", responses=declared(503))
@public
def readyz(request: Request) -> Health:
    """A write transaction on a database of the newest schema; 503 while that is not possible."""
    if not _can_store(database(request)):
        raise Busy
    return Health(status="ready")


def _can_store(db: Database) -> bool:
    try:
        if not is_current(db):
            return False
        with db.write_connection() as connection:
            connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        return False
    return True
