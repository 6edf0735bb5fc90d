"""All tables of the service, for migrations and tests."""

from app.audit import tables as audit
from app.auth import tables as auth
from app.comments import tables as comments
from app.core.tables import Table
from app.files import tables as files
from app.followups import tables as followups
from app.instruments import tables as instruments
from app.kiosks import tables as kiosks
from app.responses import tables as responses
from app.units import tables as units

__all__ = [
    "audit",
    "auth",
    "comments",
    "files",
    "followups",
    "instruments",
    "kiosks",
    "metadata",
    "responses",
    "units",
]

metadata = Table.metadata
