"""Whether answers with a flag matter: a result with them, as it is published, and without."""

from dataclasses import dataclass, replace
from fractions import Fraction

from sqlmodel import Session

from app.aggregation.results import Question, Result, results_of
from app.instruments.catalog import Catalog
from app.units.tables import Service, Unit


@dataclass(frozen=True, slots=True)
class FlaggedEffect:
    """The published result, the one without flagged answers (None if nothing is left) and what lies between.

    `difference` is without minus with, in IKM points, exact. No test: the one is part of the other.
    """

    published: Result
    without: Result | None
    flagged: int
    difference: Fraction | None


def flagged_effect(
    session: Session, catalog: Catalog, unit: Unit, question: Question, service: Service | None = None
) -> list[FlaggedEffect]:
    """One for each instrument that has answers. Raises `WeightNotApplicable`."""
    published = results_of(session, catalog, unit, replace(question, flagged=True), service)
    clean = {
        one.instrument.ref: one
        for one in results_of(session, catalog, unit, replace(question, flagged=False), service)
        if one.instrument is not None and one.index is not None
    }
    return [
        _effect(one, clean.get(one.instrument.ref))
        for one in published
        if one.instrument is not None and one.index is not None
    ]


def _effect(published: Result, without: Result | None) -> FlaggedEffect:
    if without is None or without.index is None or published.index is None:
        return FlaggedEffect(published, None, published.respondents, None)
    difference = without.index.ikm - published.index.ikm
    return FlaggedEffect(published, without, published.respondents - without.respondents, difference)
