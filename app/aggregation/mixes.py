"""How the answers of a period are composed: by channel, by service, and by both."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.aggregation import statistics
from app.aggregation.sampling import Days, answered_on, sampled_days, step
from app.aggregation.statistics import Selection
from app.ikm.periods import Period
from app.responses.tables import COUNTED, Response

Composition = dict[str, Counter[Hashable]]
"""Instrument -> how many answers there are of each kind."""


@dataclass(frozen=True, slots=True)
class Mixes:
    """Counted answers of a period by channel and by service id, for each instrument.

    Where there are very many, channels are those of evenly spaced days.
    """

    channels: Composition
    services: Composition


def mixes(session: Session, selection: Selection, period: Period) -> Mixes:
    """Services from totals; channels, which totals do not know, from rows: of a large period, of some days."""
    services: Composition = {}
    for (ref, service_id), found in statistics.by_service(session, selection, period).items():
        services.setdefault(ref, Counter())[service_id] += found.total.responses
    every = step(sum(sum(counts.values()) for counts in services.values()))
    return Mixes(_channels(session, selection, sampled_days(period, every)), services)


def _channels(session: Session, selection: Selection, days: Days) -> Composition:
    statement = (
        select(col(Response.instrument), col(Response.channel), func.count())
        .where(col(Response.state) == COUNTED, answered_on(days))
        .group_by(col(Response.instrument), col(Response.channel))
    )
    found: Composition = {}
    for ref, channel, count in session.execute(selection.of(Response, statement)):
        found.setdefault(ref, Counter())[channel] = int(count)
    return found
