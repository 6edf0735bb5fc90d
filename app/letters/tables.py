"""Monthly letters as they were made."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from app.core.tables import Table


class MonthlyLetter(Table, table=True):
    """The letter of a unit about a month, exactly as it was made: opened later, it says the same.

    `content` are its texts by name (`app.letters.writing`); `mailed` is to how many people it was handed over.
    """

    __tablename__ = "monthly_letter"

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    period: str = Field(primary_key=True)
    made_at: datetime
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    mailed: int = 0
