"""The demonstration's people: somebody in every role, with a password that everybody may know."""

from sqlmodel import select

from app.auth import demonstration
from app.auth.accounts import anybody
from app.auth.demonstration import Demonstration
from app.core.clock import utc_now
from app.core.db import Database
from app.demo.load import GOVERNMENT
from app.units.queries import unit_by_code
from app.units.tables import Unit


def demonstration_people(database: Database) -> Demonstration | None:
    """Who can be tried, made where nobody was; None when the demonstration is not loaded or its people are closed.

    Accounts that were closed or renamed stay so: where real people have accounts, none is invented any more.
    """
    with database.write() as session:
        government = unit_by_code(session, GOVERNMENT)
        if government is None or government.id is None:
            return None
        unit_id = session.exec(
            select(Unit.id).where(Unit.parent_id == government.id).order_by(Unit.code)
        ).first()
        if not anybody(session):
            demonstration.invent(session, government.id, unit_id or government.id, utc_now())
        return demonstration.demonstration(session)
