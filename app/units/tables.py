"""Units, services and survey points."""

from sqlalchemy import JSON, CheckConstraint, Column, UniqueConstraint, false
from sqlmodel import Field

from app.core.tables import Table, one_of

ROLLUPS = ("pooled", "mean_of_units")
CHANNELS = ("qr", "kiosk", "counter", "link")
ZONES = ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")


class Unit(Table, table=True):
    """A service unit, or the government above its units. Its time zone decides an answer's date."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint(one_of("rollup", ROLLUPS), name="rollup"),
        CheckConstraint(one_of("timezone", ZONES), name="timezone"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    kind: str | None = None
    parent_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    timezone: str = "Asia/Jakarta"
    address: str | None = None
    phone: str | None = None
    rollup: str = "pooled"
    active: bool = True


class Service(Table, table=True):
    """A kind of service that a unit gives; `not_asked` are element keys, `population` users a year."""

    __tablename__ = "service"
    __table_args__ = (
        UniqueConstraint("unit_id", "code"),
        CheckConstraint("population > 0", name="population"),
    )

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    code: str
    name: str
    instrument: str
    not_asked: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    population: int | None = None
    active: bool = True


class Point(Table, table=True):
    """Where answers come from; its public code stands in the QR. Without a service the citizen chooses.

    `tickets`: only who was given a one-time link may answer. `proof_of_work`: a browser must compute for a second.
    """

    __tablename__ = "point"
    __table_args__ = (CheckConstraint(one_of("channel", CHANNELS), name="channel"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    service_id: int | None = Field(default=None, foreign_key="service.id")
    channel: str
    label: str | None = None
    tickets: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    proof_of_work: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    active: bool = True


class RegistryVersion(Table, table=True):
    """One row that counts changes of units, services and points: whoever keeps copies of them looks here."""

    __tablename__ = "registry_version"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: int = Field(default=1, primary_key=True)
    version: int
