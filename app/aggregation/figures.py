"""A result in the words of a page: numbers as they are printed, letters and words of categories, names."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.aggregation.results import Result
from app.ikm.index import lowest
from app.ikm.rounding import printed_ikm, printed_nrr, round_half_up
from app.instruments.model import Categories, Instrument, in_language
from app.units.tables import Unit


@dataclass(frozen=True, slots=True)
class Figure:
    """Printed IKM, letter and word of its category, interval with its `margin` (one decimal), respondents."""

    unit: Unit
    instrument: str
    ikm: Decimal
    mutu: str
    kinerja: str
    low: Decimal | None
    high: Decimal | None
    margin: Decimal | None
    certain: bool
    respondents: int
    lowest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ElementFigure:
    """One element as printed; without answers (it was not asked) it has no value."""

    key: str
    code: str
    name: str
    n: int
    counts: tuple[int, ...]
    nrr: Decimal | None
    ikm: Decimal | None
    mutu: str | None
    kinerja: str | None


@dataclass(frozen=True, slots=True)
class CategoryFigure:
    """A category of a table: its letter, its word, and the lowest value in it."""

    mutu: str
    kinerja: str
    lower: Decimal


def figure(result: Result, language: str) -> Figure:
    """A result that has answers, in words. Raises ValueError for one without."""
    index, instrument, categories = result.index, result.instrument, result.categories
    if index is None or instrument is None or categories is None:
        raise ValueError("a result without answers has no figure")
    band = categories.table.classify(index.ikm, index.weight)
    names = {element.key: in_language(element.name, language) for element in instrument.elements}
    found, ikm = result.interval, printed_ikm(index.ikm)
    return Figure(
        unit=result.unit,
        instrument=in_language(instrument.title, language),
        ikm=ikm,
        mutu=band.mutu,
        kinerja=in_language(categories.names[band.mutu], language),
        low=found.low if found else None,
        high=found.high if found else None,
        margin=margin_of(ikm, found.low, found.high) if found else None,
        certain=found is not None and found.category_certain,
        respondents=result.respondents,
        lowest=tuple(names[key] for key in lowest(index)),
    )


def margin_of(ikm: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """What stands behind ±: the longer arm of the interval, which ends at the ends of the scale."""
    return round_half_up(Fraction(max(ikm - low, high - ikm)), 1)


def elements(result: Result, language: str) -> tuple[ElementFigure, ...]:
    """The elements of the result's questionnaire in article order. Raises ValueError without answers."""
    index, instrument, categories = result.index, result.instrument, result.categories
    if index is None or instrument is None or categories is None:
        raise ValueError("a result without answers has no elements")
    values = {value.key: value for value in index.elements}
    found = []
    for element in instrument.elements:
        value = values.get(element.key)
        exact = value.ikm(instrument.scale) if value else None
        mutu = categories.table.classify(exact).mutu if exact is not None else None
        found.append(
            ElementFigure(
                key=element.key,
                code=element.code,
                name=in_language(element.name, language),
                n=value.n if value else 0,
                counts=value.counts if value else (0,) * instrument.scale.size,
                nrr=printed_nrr(value.nrr) if value and value.nrr is not None else None,
                ikm=printed_ikm(exact) if exact is not None else None,
                mutu=mutu,
                kinerja=in_language(categories.names[mutu], language) if mutu else None,
            )
        )
    return tuple(found)


def category_figures(categories: Categories, language: str) -> tuple[CategoryFigure, ...]:
    """The categories of a table, the lowest first."""
    return tuple(
        CategoryFigure(band.mutu, in_language(categories.names[band.mutu], language), band.lower)
        for band in reversed(categories.table.bands)
    )


def scale_ends(instrument: Instrument) -> tuple[Decimal, Decimal]:
    """The lowest and the highest possible value on the scale of the IKM."""
    scale = instrument.scale
    return Decimal(scale.low * scale.conversion), Decimal(scale.high * scale.conversion)
