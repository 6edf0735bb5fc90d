"""This service's own answers to conformance vectors; see surveys/conformance/README.md."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core.places import SURVEYS
from app.ikm.category import Band, CategoryTable
from app.ikm.counts import Counts, ScoreOffScale, UnknownQuestion, fold
from app.ikm.index import Element, Index, compute, lowest
from app.ikm.periods import PeriodError, local_date, parse
from app.ikm.rollup import mean_of_units, pooled
from app.ikm.rounding import printed_ikm, printed_nrr
from app.ikm.sampling import sample_by_formula, sample_by_table
from app.ikm.scale import STANDARD
from app.ikm.weights import Weight, WeightNotApplicable
from app.instruments import loader

Answer = dict[str, Any]


class BadVector(ValueError):
    """The input of a vector cannot be answered; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Input(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Question(_Input):
    key: str
    questions: list[str]


class _Row(_Input):
    mutu: str
    lower: str
    upper: str
    perception: int


_Table = str | list[_Row]
_Answers = list[dict[str, Any]]
_Tally = dict[str, list[Annotated[int, Field(ge=0)]]]


class _Unit(_Input):
    answers: _Answers | None = None
    counts: _Tally | None = None


class _Ikm(_Unit):
    elements: list[_Question]
    weight: str = Weight.EXACT.value
    categories: _Table


class _Rollup(_Input):
    rule: Literal["pooled", "mean_of_units"]
    units: list[_Unit]
    elements: list[_Question]
    weight: str = Weight.EXACT.value
    categories: _Table


class _Fraction(_Input):
    numerator: int
    denominator: Annotated[int, Field(gt=0)]


class _Category(_Input):
    printed: str | None = None
    exact: _Fraction | None = None
    categories: _Table


class _Sample(_Input):
    population: int


class _Period(_Input):
    code: str


class _Membership(_Input):
    instant: str
    zone: str
    period: str


def answer(vector: Mapping[str, Any]) -> Answer:
    """The answer to a vector, or `{"error": code}` when its input is bad or unknown.

    Raises SourceFaults when the category files of the installation are broken.
    """
    operation = _OPERATIONS.get(str(vector.get("operation")))
    if operation is None:
        return {"error": "unknown_operation"}
    try:
        return operation(vector.get("input"))
    except BadVector as error:
        return {"error": error.code}
    except (ValueError, OverflowError, OSError, ZoneInfoNotFoundError) as error:
        # ZoneInfo raises OSError for the name of a directory, datetime OverflowError beyond the year 9999
        codes = (code for kind, code in _CODES.items() if isinstance(error, kind))
        return {"error": next(codes, "bad_input")}


_CODES: dict[type[ValueError], str] = {
    UnknownQuestion: "unknown_question",
    ScoreOffScale: "score_off_scale",
    WeightNotApplicable: "weight_not_applicable",
    PeriodError: "bad_period",
}

_Given = TypeVar("_Given", bound=_Input)


def _read(model: type[_Given], given: object) -> _Given:
    try:
        return model.model_validate(given)
    except ValidationError:
        raise BadVector("bad_input") from None


def _ikm(given: object) -> Answer:
    asked = _read(_Ikm, given)
    elements = _elements(asked.elements)
    result = compute(elements, _tally(asked, elements), STANDARD, _weight(asked.weight))
    shown = _shown(result, _table(asked.categories))
    if asked.answers is not None:
        shown["respondents"] = sum(1 for row in asked.answers if row)
    return shown


def _rollup(given: object) -> Answer:
    asked = _read(_Rollup, given)
    elements, weight = _elements(asked.elements), _weight(asked.weight)
    tallies = [_tally(unit, elements) for unit in asked.units]
    if asked.rule == "pooled":
        result = pooled(elements, tallies, STANDARD, weight)
    else:
        results = (compute(elements, tally, STANDARD, weight) for tally in tallies)
        result = mean_of_units([one for one in results if one is not None])
    return _shown(result, _table(asked.categories))


def _category(given: object) -> Answer:
    asked = _read(_Category, given)
    table = _table(asked.categories)
    if (asked.printed is None) == (asked.exact is None):
        raise BadVector("bad_input")
    if asked.exact is not None:
        printed = printed_ikm(Fraction(asked.exact.numerator, asked.exact.denominator))
    else:
        printed = _decimal(str(asked.printed))
    try:
        band = table.band_of(printed)
    except ValueError:
        raise BadVector("not_classifiable") from None
    return {"printed": str(printed), "category": band.mutu, "perception": band.perception}


def _sample(given: object) -> Answer:
    population = _read(_Sample, given).population
    return {"table": sample_by_table(population), "formula": sample_by_formula(population)}


def _period(given: object) -> Answer:
    period = parse(_read(_Period, given).code)
    return {"start": period.start.isoformat(), "end": period.end.isoformat(), "days": period.days}


def _membership(given: object) -> Answer:
    asked = _read(_Membership, given)
    period = parse(asked.period)
    day = local_date(datetime.fromisoformat(asked.instant), ZoneInfo(asked.zone))
    return {"local_date": day.isoformat(), "inside": period.contains(day)}


_OPERATIONS: dict[str, Callable[[object], Answer]] = {
    "ikm": _ikm,
    "rollup": _rollup,
    "category": _category,
    "sample": _sample,
    "period": _period,
    "membership": _membership,
}


def _elements(questions: list[_Question]) -> tuple[Element, ...]:
    return tuple(Element(one.key, tuple(one.questions)) for one in questions)


def _weight(name: str) -> Weight:
    try:
        return Weight(name)
    except ValueError:
        raise BadVector("unknown_weight") from None


def _tally(unit: _Unit, elements: tuple[Element, ...]) -> dict[str, Counts]:
    if unit.answers is not None and unit.counts is None:
        questions = [question for element in elements for question in element.questions]
        return fold(unit.answers, questions, STANDARD)
    if unit.counts is None or unit.answers is not None:
        raise BadVector("bad_input")
    return {question: Counts(tuple(row)) for question, row in unit.counts.items()}


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise BadVector("bad_input") from None


def _table(given: _Table) -> CategoryTable:
    if isinstance(given, str):
        table = _tables_in_force().get(given)
        if table is None:
            raise BadVector("unknown_category_table")
        return table
    bands = tuple(Band(row.mutu, _decimal(row.lower), _decimal(row.upper), row.perception) for row in given)
    try:
        return CategoryTable("inline", bands)
    except ValueError:
        raise BadVector("bad_category_table") from None


@cache
def _tables_in_force() -> dict[str, CategoryTable]:
    """The tables of the installation's own files, read once."""
    return {key: categories.table for key, categories in loader.load(SURVEYS).categories.items()}


def _shown(result: Index | None, table: CategoryTable) -> Answer:
    if result is None:
        return {"ikm": None}
    return {
        "ikm": str(printed_ikm(result.ikm)),
        "index": str(printed_nrr(result.index)),
        "exact": {"numerator": result.ikm.numerator, "denominator": result.ikm.denominator},
        "category": table.classify(result.ikm, result.weight).mutu,
        "asked": result.asked,
        "elements": [
            {"key": value.key, "n": value.n, "sum": value.total, **_printed(value.nrr, table)}
            for value in result.elements
        ],
        "lowest": [*lowest(result)],
    }


def _printed(nrr: Fraction | None, table: CategoryTable) -> Answer:
    if nrr is None:
        return {"nrr": None, "ikm": None, "category": None}
    ikm = STANDARD.conversion * nrr
    return {"nrr": str(printed_nrr(nrr)), "ikm": str(printed_ikm(ikm)), "category": table.classify(ikm).mutu}
