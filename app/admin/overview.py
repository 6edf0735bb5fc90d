"""The figures of the first page: the units that somebody may read, ranked, as the API ranks them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, select

from app.aggregation.figures import Figure
from app.aggregation.ranking import Ranked, ranked, ranking_of
from app.aggregation.results import Question, Result
from app.auth.principal import Principal
from app.ikm.periods import Period
from app.instruments.catalog import Catalog
from app.units import queries
from app.units.tables import Point, Service, Unit

PAGE = 50
POINTS_MOST = 50
HIGHEST = Decimal(100)
_STEP = Decimal(5)


@dataclass(frozen=True, slots=True)
class Overview:
    """`own` are the results of the one unit that is topmost, empty when there are several; `units` all others."""

    top: Unit | None
    own: tuple[Result, ...]
    units: tuple[Ranked, ...]
    silent: tuple[Unit, ...]

    @property
    def has_answers(self) -> bool:
        """Whether there is any figure to show."""
        return bool(self.units) or any(one.index is not None for one in self.own)


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a value lies in a picture that ends at 100: in per cent of its width, to two decimals."""

    floor: Decimal

    def at(self, value: Decimal) -> Decimal:
        """The place of `value`, never outside the picture."""
        share = (min(max(value, self.floor), HIGHEST) - self.floor) * 100 / (HIGHEST - self.floor)
        return share.quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Entrance:
    """An open survey point with its unit; `service` is None where the citizen chooses."""

    point: Point
    unit: Unit
    service: str | None


def overview(session: Session, catalog: Catalog, principal: Principal, period: Period) -> Overview:
    """The results of all units that `principal`, limited to those who read results, may see."""
    tops = topmost(session, principal)
    question = Question(period)
    if len(tops) == 1:
        found = ranking_of(session, catalog, tops[0], question)
        return Overview(tops[0], tuple(found.under), tuple(found.ranked), tuple(found.silent))
    results: list[Result] = []
    silent: list[Unit] = []
    for top in tops:
        found = ranking_of(session, catalog, top, question)
        results += [one for one in (*found.under, *(place.result for place in found.ranked)) if one.index]
        silent += [one.unit for one in found.under if one.index is None] + found.silent
    return Overview(None, (), tuple(ranked(results)), tuple(silent))


def topmost(session: Session, principal: Principal) -> list[Unit]:
    """The units held, without those that lie below another one held, by name."""
    held = principal.unit_ids
    tops = [one for one in held if held.isdisjoint(queries.ancestors(session, one)[1:])]
    wanted = select(Unit).where(col(Unit.id).in_(tops)).order_by(col(Unit.name), col(Unit.code))
    return list(session.exec(wanted))


def scale_of(figures: Sequence[Figure]) -> Scale:
    """A scale on which all of them are seen: from a multiple of five below the lowest."""
    values = [one.low if one.low is not None else one.ikm for one in figures]
    least = min(values, default=Decimal(25))
    return Scale(min((least // _STEP) * _STEP, HIGHEST - _STEP))


def entrances(session: Session, principal: Principal) -> list[Entrance]:
    """The open points that `principal`, limited to operators, looks after, by unit; POINTS_MOST at most."""
    ids = queries.below(session, *principal.unit_ids)
    found = session.exec(
        select(Point, Unit, Service)
        .join(Unit, col(Unit.id) == col(Point.unit_id))
        .join(Service, col(Service.id) == col(Point.service_id), isouter=True)
        .where(col(Point.unit_id).in_(ids), col(Point.active).is_(True), col(Unit.active).is_(True))
        .order_by(col(Unit.name), col(Point.code))
        .limit(POINTS_MOST)
    )
    return [Entrance(point, unit, service.name if service else None) for point, unit, service in found]
