"""For how many kinds of service a survey was followed up: what the evaluation before 2022 counts."""

from collections.abc import Sequence

from sqlmodel import Session

from app.aggregation.statistics import Selection, by_service
from app.followups import queries as followups
from app.followups.tables import DONE
from app.history import queries as history
from app.ikm.periods import parse
from app.pekppp.scoring import PlanFacts
from app.pekppp.scoring_2017 import ServicesFacts
from app.units import queries as units


def followed_up(session: Session, unit_id: int, plans: Sequence[PlanFacts]) -> ServicesFacts:
    """The services that finished actions of these plans were about, of all that are open or were surveyed then.

    An action for the unit as a whole is about every service that was surveyed; an imported plan always is one.
    """
    periods = {one.period for one in plans}
    surveyed: dict[str, set[int]] = {code: _answered(session, unit_id, code) for code in periods}
    for result in history.results_of(session, unit_id):
        if result.period in periods and result.service_id is not None:
            surveyed[result.period].add(result.service_id)
    open_ = {one.id for one in units.services_of(session, [unit_id]) if one.active and one.id is not None}
    done = [one for one in followups.of_unit(session, [unit_id], states=[DONE]) if one.period in periods]
    own = {one.service_id for one in done if one.service_id is not None}
    whole = {one.period for one in done if one.service_id is None} | (periods - {one.period for one in done})
    # A unit that was surveyed as one, with no word on its services: all of them.
    reached = own.union(*(surveyed[code] or open_ for code in whole))
    return ServicesFacts(
        total=len(open_.union(reached, *surveyed.values())),
        followed_up=len(reached),
        assumed=bool(reached - own),
    )


def _answered(session: Session, unit_id: int, code: str) -> set[int]:
    """The services with answers in a period."""
    found = by_service(session, Selection((unit_id,), None), parse(code))
    return {key for (_, key), one in found.items() if one.total.responses}
