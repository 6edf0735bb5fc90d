"""Somebody who knows everything that was published, and computes what can be told of what was not.

Exact: a linear programme over fractions, by the two-phase simplex method with Bland's rule.
"""

from collections.abc import Sequence
from fractions import Fraction

Row = list[Fraction]


class Attacker:
    """Knows that `equations . x = amounts`, and that nothing is less than none."""

    def __init__(self, equations: Sequence[Sequence[int]], amounts: Sequence[int]) -> None:
        rows, columns = len(equations), len(equations[0])
        self._table = [
            [*map(Fraction, row), *(Fraction(int(i == j)) for j in range(rows)), Fraction(amount)]
            for i, (row, amount) in enumerate(zip(equations, amounts, strict=True))
        ]
        self._basis = [columns + i for i in range(rows)]
        artificial = [Fraction(0)] * columns + [Fraction(-1)] * rows
        least = _climb(self._table, self._basis, artificial, columns + rows)
        assert least == 0, "what was published contradicts itself"
        # What is still artificial is worth nothing: out of the basis, or its equation says nothing new.
        for i in range(len(self._basis) - 1, -1, -1):
            if self._basis[i] >= columns:
                pivot = next((j for j in range(columns) if self._table[i][j]), None)
                if pivot is None:
                    del self._table[i], self._basis[i]
                else:
                    _pivot(self._table, self._basis, i, pivot)
        self._table = [[*row[:columns], row[-1]] for row in self._table]

    def bounds(self, wanted: Sequence[int]) -> tuple[Fraction, Fraction]:
        """The least and the greatest that `wanted . x` can be."""
        return -self._greatest([-one for one in wanted]), self._greatest(wanted)

    def _greatest(self, wanted: Sequence[int]) -> Fraction:
        table, basis = [list(row) for row in self._table], list(self._basis)
        return _climb(table, basis, [Fraction(one) for one in wanted], len(wanted))


def _climb(table: list[Row], basis: list[int], gains: Row, columns: int) -> Fraction:
    while True:
        used = [(gains[one], table[i]) for i, one in enumerate(basis) if gains[one]]
        enter = next(
            (j for j in range(columns) if gains[j] > sum(gain * row[j] for gain, row in used if row[j])), None
        )
        if enter is None:
            return sum((gain * row[-1] for gain, row in used), start=Fraction(0))
        ratios = [(row[-1] / row[enter], basis[i], i) for i, row in enumerate(table) if row[enter] > 0]
        assert ratios, "nothing bounds it: totals are always published"
        _pivot(table, basis, min(ratios)[2], enter)


def _pivot(table: list[Row], basis: list[int], row: int, column: int) -> None:
    by = table[row][column]
    table[row] = pivot = [one / by if one else one for one in table[row]]
    for i, other in enumerate(table):
        times = other[column]
        if i != row and times:
            table[i] = [a - times * b if b else a for a, b in zip(other, pivot, strict=True)]
    basis[row] = column
