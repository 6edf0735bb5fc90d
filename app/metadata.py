"""All tables of the service, for migrations and tests."""

from app.audit import tables as audit
from app.auth import tables as auth
from app.core.tables import Table
from app.instruments import tables as instruments
from app.kiosks import tables as kiosks
from app.responses import tables as responses
from app.units import tables as units

__all__ = ["audit", "auth", "instruments", "kiosks", "metadata", "responses", "units"]

metadata = Table.metadata
