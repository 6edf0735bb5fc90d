"""Two periods side by side: what changed, whether it is more than chance, and whether they may be compared."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlmodel import Session

from app.aggregation.estimates import basis_of, element_estimates, ikm_estimate
from app.aggregation.mixes import Mixes, mixes
from app.aggregation.results import Question, Result, results_of, stored_id
from app.aggregation.statistics import Selection
from app.ikm.changes import Change, change, changes, untested
from app.ikm.comparability import Reason, homogeneity, reasons_of
from app.ikm.estimates import contrast
from app.ikm.index import Index
from app.ikm.periods import Period
from app.instruments.catalog import Catalog
from app.units import queries
from app.units.tables import Service, Unit


@dataclass(frozen=True, slots=True)
class ElementChange:
    """One element: its IKM before and after, exact; `change` is None unless both have one."""

    key: str
    before: Fraction | None
    after: Fraction | None
    change: Change | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of a period beside that of an earlier one; either is None where no such answers are.

    `reasons` are all that keeps them from being compared just so. With one that blocks nothing is claimed:
    differences are told, without interval, p value or significance. Elements are in article order.
    """

    before: Result | None
    after: Result | None
    reasons: tuple[Reason, ...]
    change: Change | None
    elements: tuple[ElementChange, ...]

    @property
    def comparable(self) -> bool:
        """Whether nothing speaks against comparing."""
        return not self.reasons


def comparison_of(
    session: Session,
    catalog: Catalog,
    unit: Unit,
    question: Question,
    with_period: Period,
    service: Service | None = None,
) -> list[Comparison]:
    """The results of `question` (after) against those of `with_period` (before), a pair for each instrument.

    Where one questionnaire took the place of another they are a pair, too, about which nothing is claimed. At
    least one. Raises `WeightNotApplicable`.
    """
    earlier = replace(question, period=with_period)
    after = results_of(session, catalog, unit, question, service)
    before = results_of(session, catalog, unit, earlier, service)
    unit_ids = (stored_id(unit),) if service else tuple(queries.below(session, stored_id(unit)))
    selection = Selection(unit_ids, service.id if service else None)
    composed = (mixes(session, selection, with_period), mixes(session, selection, question.period))
    return [compared(one, other, composed) for one, other in pairs_of(before, after)]


def pairs_of(before: list[Result], after: list[Result]) -> list[tuple[Result | None, Result | None]]:
    """Results of the same instrument together; one left over on either side is what took the other's place."""
    earlier = {_ref(one): one for one in before if one.index is not None}
    later = {_ref(one): one for one in after if one.index is not None}
    pairs: list[tuple[Result | None, Result | None]] = [
        (earlier[ref], later[ref]) for ref in sorted(earlier.keys() & later.keys())
    ]
    gone = [earlier[ref] for ref in sorted(earlier.keys() - later.keys())]
    come = [later[ref] for ref in sorted(later.keys() - earlier.keys())]
    if len(gone) == len(come) == 1:
        return [*pairs, (gone[0], come[0])]
    alone: list[tuple[Result | None, Result | None]] = [(one, None) for one in gone]
    alone += [(None, one) for one in come]
    return pairs + alone or [(before[0], after[0])]


def compared(
    before: Result | None, after: Result | None, composed: tuple[Mixes, Mixes] | None = None
) -> Comparison:
    """Two results side by side; `composed` tells who was asked, before and after."""
    if before is None or after is None or before.index is None or after.index is None:
        elements = _without(before, after)
        return Comparison(before, after, (Reason.NO_ANSWERS,), None, elements)
    reasons = _reasons(before, after, composed)
    earlier, later = before.index, after.index
    if any(reason.blocks for reason in reasons):
        total = untested(later.ikm - earlier.ikm)
        return Comparison(before, after, reasons, total, _elements(earlier, later, {}))
    total = untested(later.ikm - earlier.ikm)
    one, other = ikm_estimate(before, finite=False), ikm_estimate(after, finite=False)
    if one is not None and other is not None:
        total = change(one, other)
    then, now = element_estimates(before, finite=False), element_estimates(after, finite=False)
    family = changes({key: contrast(now[key], then[key]) for key in now if key in then})
    return Comparison(before, after, reasons, total, _elements(earlier, later, family))


def _elements(before: Index, after: Index, family: dict[str, Change]) -> tuple[ElementChange, ...]:
    earlier = {one.key: one.ikm(before.scale) for one in before.elements}
    later = {one.key: one.ikm(after.scale) for one in after.elements}
    found = []
    for key in [*later, *(key for key in earlier if key not in later)]:
        then, now = earlier.get(key), later.get(key)
        both = None if then is None or now is None else family.get(key) or untested(now - then)
        found.append(ElementChange(key, then, now, both))
    return tuple(found)


def _without(before: Result | None, after: Result | None) -> tuple[ElementChange, ...]:
    """The elements of the one side that has any."""
    for one, is_after in ((after, True), (before, False)):
        if one is not None and one.index is not None:
            scale = one.index.scale
            return tuple(
                ElementChange(value.key, None, value.ikm(scale), None)
                if is_after
                else ElementChange(value.key, value.ikm(scale), None, None)
                for value in one.index.elements
            )
    return ()


def _reasons(before: Result, after: Result, composed: tuple[Mixes, Mixes] | None) -> tuple[Reason, ...]:
    found: set[Reason] = set()
    one, other = basis_of(before), basis_of(after)
    if one is not None and other is not None:
        found.update(reasons_of(one, other))
    first, second = before.question.period, after.question.period
    if first.start < second.end and second.start < first.end:
        found.add(Reason.PERIODS_OVERLAP)
    if composed is not None:
        earlier, later = composed
        for reason, then, now in (
            (Reason.CHANNELS, earlier.channels, later.channels),
            (Reason.SERVICES, earlier.services, later.services),
        ):
            if _moved(then.get(_ref(before)), now.get(_ref(after))):
                found.add(reason)
    return tuple(reason for reason in Reason if reason in found)


def _moved(before: Counter[Hashable] | None, after: Counter[Hashable] | None) -> bool:
    mix = homogeneity([before or {}, after or {}])
    return mix is not None and mix.differs


def _ref(result: Result) -> str:
    return result.instrument.ref if result.instrument else ""
