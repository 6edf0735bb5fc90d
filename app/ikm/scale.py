"""The scale on which a question is answered and how its mean becomes an IKM."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Whole scores from `low` to `high`; a mean on it times `conversion` is an IKM.

    The defaults are those of PermenPANRB 14/2017: scores 1..4, IKM 25..100. Raises ValueError when there
    are fewer than two scores, a score below zero, or a conversion that is not positive.
    """

    low: int = 1
    high: int = 4
    conversion: int = 25

    def __post_init__(self) -> None:
        if self.low < 0 or self.high <= self.low:
            raise ValueError("a scale needs at least two scores, lowest first, none below zero")
        if self.conversion < 1:
            raise ValueError("the conversion of a scale is a positive whole number")

    @property
    def size(self) -> int:
        """How many scores there are."""
        return self.high - self.low + 1


STANDARD = Scale()
"""The scale of PermenPANRB 14/2017."""
