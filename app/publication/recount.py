"""Computes a publication again from nothing but its counts, and names every figure that does not come out."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.ikm.category import Band, CategoryTable
from app.ikm.counts import Counts
from app.ikm.index import Element, Index, compute, lowest
from app.ikm.intervals import Interval, Total, interval, interval_of_mean
from app.ikm.rollup import mean_of_units, pooled
from app.ikm.rounding import printed_ikm, printed_nrr
from app.ikm.scale import Scale
from app.ikm.weights import Weight


def differences(document: Mapping[str, Any]) -> list[str]:
    """Where the figures of a document differ from what its counts give; empty when all come out.

    A document that cannot be computed at all differs in `structure`.
    """
    try:
        return list(_Recount(document).differing())
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, IndexError):
        return ["structure"]


class _Recount:
    def __init__(self, document: Mapping[str, Any]) -> None:
        instrument, method = document["instrument"], document["method"]
        self._document = document
        low, high = instrument["scale"]
        self._scale = Scale(low, high, instrument["conversion"])
        self._elements = [Element(one["key"], tuple(one["questions"])) for one in instrument["elements"]]
        self._weight = Weight(method["weight"])
        self._table = CategoryTable(method["categories"]["id"], tuple(_bands(method["categories"]["bands"])))
        self._units: Sequence[Mapping[str, Any]] = document["units"]

    def differing(self) -> Iterator[str]:
        """The names of the members that are not what they should be."""
        index, found = self._index()
        document, printed = self._document, self._document["printed"]
        yield from self._sums()
        exact = Fraction(int(document["exact"]["numerator"]), int(document["exact"]["denominator"]))
        expected: dict[str, tuple[Any, Any]] = {
            "exact": (exact, index.ikm),
            "printed.ikm": (printed["ikm"], str(printed_ikm(index.ikm))),
            "printed.index": (printed["index"], str(printed_nrr(index.index))),
            "printed.mutu": (printed["mutu"], self._table.classify(index.ikm, self._weight).mutu),
            "printed.kinerja": (printed["kinerja"], self._name(printed["mutu"])),
            "printed.lowest": (printed["lowest"], list(lowest(index))),
            "printed.elements": (printed["elements"], self._printed(index)),
            "interval": (document["interval"], found),
        }
        yield from (name for name, (stated, computed) in expected.items() if stated != computed)
        for place in ("units", "services"):
            for number, part in enumerate(document[place]):
                if (part["ikm"], part["mutu"]) != self._part(part):
                    yield f"{place}.{number}"

    def _index(self) -> tuple[Index, Mapping[str, Any] | None]:
        """The figure under the document's roll-up, and its interval."""
        tallies = [self._tally(unit) for unit in self._units]
        margin = None
        if self._document["method"]["rollup"] == "pooled":
            index = pooled(self._elements, tallies, self._scale, self._weight)
            if index is not None:
                whole = _total(self._document)
                margin = interval(index, whole, self._table, self._document["population"])
        else:
            each = [compute(self._elements, tally, self._scale, self._weight) for tally in tallies]
            parts = [
                (one, _total(unit), unit["population"])
                for one, unit in zip(each, self._units, strict=True)
                if one is not None
            ]
            index = mean_of_units([one for one, _, _ in parts])
            if index is not None:
                margin = interval_of_mean(parts, index, self._table)
        if index is None:
            raise ValueError("no answers")
        return index, _interval(margin)

    def _sums(self) -> Iterator[str]:
        """Units add up to the whole, services to their unit."""
        if self._summed(self._units) != self._amounts(self._document):
            yield "counts"
        for unit in self._units:
            own = [one for one in self._document["services"] if one["unit"] == unit["code"]]
            if self._summed(own) != self._amounts(unit):
                yield f"services of {unit['code']}"

    def _summed(self, parts: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        summed: dict[str, Any] = {"respondents": 0, "sum": 0, "squares": 0}
        for part in parts:
            for name, amount in self._amounts(part).items():
                before = summed.get(name)
                summed[name] = amount if before is None else before + amount
        return summed

    def _amounts(self, part: Mapping[str, Any]) -> dict[str, Any]:
        total = _total(part)
        return {
            "respondents": total.responses,
            "sum": total.sum,
            "squares": total.squares,
            **self._tally(part),
        }

    def _tally(self, part: Mapping[str, Any]) -> dict[str, Counts]:
        return {key: Counts(tuple(_whole(one) for one in counts)) for key, counts in part["counts"].items()}

    def _part(self, part: Mapping[str, Any]) -> tuple[str | None, str | None]:
        index = compute(self._elements, self._tally(part), self._scale)
        if index is None:
            return None, None
        return str(printed_ikm(index.ikm)), self._table.classify(index.ikm).mutu

    def _printed(self, index: Index) -> list[dict[str, Any]]:
        found = []
        for value in index.elements:
            ikm = value.ikm(self._scale)
            found.append(
                {
                    "key": value.key,
                    "n": value.n,
                    "sum": value.total,
                    "nrr": str(printed_nrr(value.nrr)) if value.nrr is not None else None,
                    "ikm": str(printed_ikm(ikm)) if ikm is not None else None,
                    "mutu": self._table.classify(ikm).mutu if ikm is not None else None,
                }
            )
        return found

    def _name(self, mutu: str) -> Any:
        bands = self._document["method"]["categories"]["bands"]
        return next(band["name"] for band in bands if band["mutu"] == mutu)


def _bands(bands: Sequence[Mapping[str, Any]]) -> Iterator[Band]:
    for place, band in enumerate(bands):
        yield Band(band["mutu"], Decimal(band["lower"]), Decimal(band["upper"]), len(bands) - place)


def _total(part: Mapping[str, Any]) -> Total:
    return Total(_whole(part["respondents"]), int(part["sum"]), int(part["squares"]))


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("counts are whole numbers")
    return value


def _interval(found: Interval | None) -> Mapping[str, Any] | None:
    if found is None:
        return None
    return {
        "level": str(found.level),
        "low": str(found.low),
        "high": str(found.high),
        "category_certain": found.category_certain,
    }
