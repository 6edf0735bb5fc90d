"""What is frozen of a result: everything by which it can be computed again, and the figures as they are printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app import __version__
from app.aggregation.results import Part, Result, known, known_of
from app.aggregation.statistics import Statistics
from app.core.errors import NotFound
from app.ikm.category import CategoryTable
from app.ikm.index import Index, compute, lowest
from app.ikm.rounding import printed_ikm, printed_nrr
from app.instruments.model import Categories, Instrument
from app.publication.merging import ServicePart, merged
from app.publication.signing import FORMAT
from app.units.tables import Unit

FORMULA = "IKM = conversion x sum(NRR of each element x weight)"
# Members that differ between two publications of the same figures.
OCCASION = (
    "number",
    "issued_at",
    "issued_on",
    "replaces",
    "key_id",
    "verify_at",
    "as_of",
    "software",
    "profile",
)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A result with the parts that it is made of, in the order in which the document lists them."""

    result: Result
    government: Unit
    units: Sequence[tuple[Unit, Part]]
    services: Sequence[ServicePart]
    flagged: int
    profile: Mapping[str, Any] | None


def body(frozen: Frozen, as_of: datetime) -> dict[str, Any]:
    """The document without what is only known when it is issued. Raises `NotFound` without a figure."""
    result = frozen.result
    index, instrument, categories = result.index, result.instrument, result.categories
    if index is None or instrument is None or categories is None:
        raise NotFound
    whole = sum((part.statistics for _, part in frozen.units), start=Statistics())
    period = result.question.period
    return {
        "format": FORMAT,
        "government": _named(frozen.government),
        "unit": _named(result.unit),
        "service": _named(result.service) if result.service else None,
        "period": {
            "code": period.code,
            "first": _day(period.start),
            "last": _day(period.end - timedelta(days=1)),
        },
        "as_of": moment(as_of),
        "software": {"name": "e-SKM", "version": __version__},
        "instrument": _instrument(instrument),
        "method": _method(result, categories),
        "respondents": result.respondents,
        "excluded": result.excluded,
        "flagged": frozen.flagged,
        **_statistics(whole, instrument),
        "population": known_of([part for _, part in frozen.units], whole.total),
        "units": [
            {
                **_named(unit),
                **_part(part.statistics, instrument, categories.table),
                "population": known(part),
            }
            for unit, part in frozen.units
        ],
        "services": [_service(one, instrument, categories.table) for one in merged(frozen.services)],
        "interval": _interval(result),
        "profile": frozen.profile,
        "exact": {"numerator": str(index.ikm.numerator), "denominator": str(index.ikm.denominator)},
        "printed": _printed(index, instrument, categories),
    }


def moment(at: datetime) -> str:
    """An instant to the second in UTC, as RFC 3339 writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def figures(document: Mapping[str, Any]) -> dict[str, Any]:
    """What two publications of the same figures have in common."""
    return {name: value for name, value in document.items() if name not in OCCASION}


def _day(day: date) -> str:
    return day.isoformat()


def _named(thing: Any) -> dict[str, Any]:
    return {"code": thing.code, "name": thing.name}


def _instrument(instrument: Instrument) -> dict[str, Any]:
    return {
        "ref": instrument.ref,
        "title": dict(instrument.title),
        "basis": instrument.basis,
        "digest": instrument.digest,
        "scale": [instrument.scale.low, instrument.scale.high],
        "conversion": instrument.scale.conversion,
        "elements": [
            {
                "key": element.key,
                "code": element.code,
                "name": dict(element.name),
                "questions": [question.key for question in element.questions],
            }
            for element in instrument.elements
        ],
    }


def _method(result: Result, categories: Categories) -> dict[str, Any]:
    return {
        "formula": FORMULA,
        "weight": result.question.weight.value,
        "rollup": result.rollup,
        "rounding": "half up, once, when printed",
        "categories": {
            "id": categories.table.id,
            "basis": categories.basis,
            "bands": [
                {
                    "mutu": band.mutu,
                    "lower": str(band.lower),
                    "upper": str(band.upper),
                    "name": dict(categories.names[band.mutu]),
                }
                for band in categories.table.bands
            ],
        },
    }


def _statistics(found: Statistics, instrument: Instrument) -> dict[str, Any]:
    counts = found.of_size(instrument.scale.size)
    return {
        "counts": {key: list(counts[key].counts) for key in instrument.questions if key in counts},
        "sum": str(found.total.sum),
        "squares": str(found.total.squares),
    }


def _part(found: Statistics, instrument: Instrument, table: CategoryTable) -> dict[str, Any]:
    index = compute(instrument.ikm_elements(), found.of_size(instrument.scale.size), instrument.scale)
    return {
        "respondents": found.total.responses,
        **_statistics(found, instrument),
        "ikm": str(printed_ikm(index.ikm)) if index else None,
        "mutu": table.classify(index.ikm).mutu if index else None,
    }


def _service(one: ServicePart, instrument: Instrument, table: CategoryTable) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "members": [{"code": code, "name": name} for code, name in one.members],
        "not_asked": sorted(one.not_asked),
        **_part(one.statistics, instrument, table),
    }


def _interval(result: Result) -> dict[str, Any] | None:
    found = result.interval
    if found is None:
        return None
    return {
        "level": str(found.level),
        "low": str(found.low),
        "high": str(found.high),
        "category_certain": found.category_certain,
    }


def _printed(index: Index, instrument: Instrument, categories: Categories) -> dict[str, Any]:
    table = categories.table
    band = table.classify(index.ikm, index.weight)
    elements = []
    for element, value in zip(instrument.elements, index.elements, strict=True):
        ikm = value.ikm(index.scale)
        elements.append(
            {
                "key": element.key,
                "n": value.n,
                "sum": value.total,
                "nrr": str(printed_nrr(value.nrr)) if value.nrr is not None else None,
                "ikm": str(printed_ikm(ikm)) if ikm is not None else None,
                "mutu": table.classify(ikm).mutu if ikm is not None else None,
            }
        )
    return {
        "ikm": str(printed_ikm(index.ikm)),
        "index": str(printed_nrr(index.index)),
        "mutu": band.mutu,
        "kinerja": dict(categories.names[band.mutu]),
        "elements": elements,
        "lowest": list(lowest(index)),
    }
