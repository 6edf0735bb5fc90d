"""Whether answers differ by the way they were given: at a kiosk, from a poster, at the counter, by a link."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from sqlalchemy import String, cast
from sqlmodel import Session, col

from app.aggregation import statistics, uncounted
from app.aggregation.breakdown import Group
from app.aggregation.results import Part, Question, index_of, result, stored_id
from app.aggregation.statistics import Selection, Statistics
from app.ikm.changes import Change, changes
from app.ikm.comparability import Mix, homogeneity
from app.ikm.estimates import Estimate, contrast, mean_of, of_index
from app.instruments.catalog import Catalog
from app.instruments.model import Instrument
from app.responses.tables import CHANNELS, Response
from app.units import queries
from app.units.tables import Service, Unit

Cells = dict[tuple[int, str], Statistics]
"""Statistics by (service id, channel)."""


@dataclass(frozen=True, slots=True)
class ChannelDifference:
    """How much higher (IKM points) `channel` is judged than `other`.

    `crude` takes all answers of both. `within` compares them service by service and pools the differences, so that
    it does not matter which services a channel is used for: it is the one to trust, and None where no service
    has both; `services` is how many have. Either column is a family for Holm's correction.
    """

    channel: str
    other: str
    crude: Change
    within: Change | None
    services: int


@dataclass(frozen=True, slots=True)
class ChannelEffect:
    """The channels of one instrument: a result each, all differences, how the services are spread over them.

    With a single service or channel there is nothing to spread: `mix` is None.
    """

    instrument: Instrument
    groups: tuple[Group, ...]
    differences: tuple[ChannelDifference, ...]
    mix: Mix | None

    @property
    def confounded(self) -> bool:
        """Whether channels serve different services: then the crude differences mislead."""
        return self.mix is not None and self.mix.differs


def channels_of(
    session: Session, catalog: Catalog, unit: Unit, question: Question, service: Service | None = None
) -> list[ChannelEffect]:
    """Pooled results by channel and what lies between them, for each instrument. Raises `WeightNotApplicable`."""
    unit_ids = (stored_id(unit),) if service else tuple(queries.below(session, stored_id(unit)))
    selection = Selection(unit_ids, service.id if service else None)
    cell = cast(col(Response.service_id), String).concat("/").concat(col(Response.channel))
    cells: dict[str, Cells] = {}
    for (ref, key), found in statistics.by_profile(session, selection, question.period, cell).items():
        service_id, _, channel = key.partition("/")
        cells.setdefault(ref, {})[int(service_id), channel] = found
    lost = uncounted.by_profile(session, selection, question.period, col(Response.channel))
    return [_effect(catalog, unit, question, ref, cells[ref], lost, service) for ref in sorted(cells)]


def _effect(
    catalog: Catalog,
    unit: Unit,
    question: Question,
    ref: str,
    cells: Cells,
    lost: Mapping[tuple[str, Hashable], int],
    service: Service | None,
) -> ChannelEffect:
    pooled: dict[str, Statistics] = {}
    for (_, channel), found in cells.items():
        pooled[channel] = pooled.get(channel, Statistics()) + found
    asked = replace(question, rollup="pooled")
    groups = []
    for channel in sorted(pooled, key=CHANNELS.index):
        parts = [Part(pooled[channel], None)]
        shown = result(catalog, unit, asked, ref, parts, lost.get((ref, channel), 0), service)
        groups.append(Group(channel, None, replace(shown, mean=None)))
    instrument = catalog.get(ref)
    composition = {channel: Counter[Hashable]() for channel in pooled}
    for (service_id, channel), found in cells.items():
        composition[channel][service_id] += found.total.responses
    return ChannelEffect(
        instrument=instrument,
        groups=tuple(groups),
        differences=_differences(instrument, question, pooled, cells),
        mix=homogeneity(list(composition.values())),
    )


def _differences(
    instrument: Instrument, question: Question, pooled: Mapping[str, Statistics], cells: Cells
) -> tuple[ChannelDifference, ...]:
    whole = {key: one for key, found in pooled.items() if (one := _estimate(instrument, question, found))}
    each = {key: one for key, found in cells.items() if (one := _estimate(instrument, question, found))}
    pairs = {
        f"{one}/{other}": (one, other) for one, other in combinations(sorted(whole, key=CHANNELS.index), 2)
    }
    strata = {key: _strata(each, cells, *pair) for key, pair in pairs.items()}
    crude = changes({key: contrast(whole[one], whole[other]) for key, (one, other) in pairs.items()})
    within = changes({key: mean_of(*found) for key, found in strata.items() if found[0]})
    return tuple(
        ChannelDifference(one, other, crude[key], within.get(key), len(strata[key][0]))
        for key, (one, other) in pairs.items()
    )


def _strata(
    each: Mapping[tuple[int, str], Estimate], cells: Cells, one: str, other: str
) -> tuple[list[Estimate], list[Fraction]]:
    """The difference in every service that both channels serve and that allows a variance, with its weight."""
    found, weights = [], []
    for service_id in sorted({service_id for service_id, _ in each}):
        first, second = each.get((service_id, one)), each.get((service_id, other))
        if first is None or second is None:
            continue
        difference = contrast(first, second)
        if difference.variance:
            n, m = (cells[service_id, channel].total.responses for channel in (one, other))
            found.append(difference)
            weights.append(Fraction(n * m, n + m))
    return found, weights


def _estimate(instrument: Instrument, question: Question, found: Statistics) -> Estimate | None:
    index = index_of(instrument, found, question.weight)
    return None if index is None else of_index(index, found.total)
