"""All tables of the service, for migrations and tests."""

from app.audit import tables as audit
from app.auth import tables as auth
from app.comments import tables as comments
from app.core.chores import ChoreTurn
from app.core.tables import Table
from app.exports import tables as exports
from app.files import tables as files
from app.followups import tables as followups
from app.history import tables as history
from app.instruments import tables as instruments
from app.kiosks import tables as kiosks
from app.letters import tables as letters
from app.plans import tables as plans
from app.publication import tables as publication
from app.responses import tables as responses
from app.units import tables as units
from app.webhooks import tables as webhooks

__all__ = [
    "ChoreTurn",
    "audit",
    "auth",
    "comments",
    "exports",
    "files",
    "followups",
    "history",
    "instruments",
    "kiosks",
    "letters",
    "metadata",
    "plans",
    "publication",
    "responses",
    "units",
    "webhooks",
]

metadata = Table.metadata
