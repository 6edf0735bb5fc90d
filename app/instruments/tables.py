"""Instrument versions as they were answered: results stay explicable when the file has gone."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field

from app.core.tables import Table


class InstrumentVersion(Table, table=True):
    """A registered version: `ref` such as `skm-2017@1`, `digest` and `document` of its `Instrument`."""

    __tablename__ = "instrument_version"

    ref: str = Field(primary_key=True)
    digest: str
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    registered_at: datetime
