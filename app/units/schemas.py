"""Units on the wire."""

from pydantic import BaseModel


class ServiceOut(BaseModel):
    """A service of a unit. `population`: users a year, if known."""

    code: str
    name: str
    instrument: str
    not_asked: list[str]
    population: int | None
    active: bool


class PointOut(BaseModel):
    """A survey point; without a service the citizen chooses."""

    code: str
    service: str | None
    channel: str
    label: str | None
    active: bool


class UnitOut(BaseModel):
    """A unit in its tree."""

    code: str
    name: str
    kind: str | None
    parent: str | None
    timezone: str
    rollup: str
    active: bool


class UnitDetail(UnitOut):
    """A unit with its services and points."""

    address: str | None
    phone: str | None
    services: list[ServiceOut]
    points: list[PointOut]


class UnitsOut(BaseModel):
    """Units in scope, by code."""

    units: list[UnitOut]
