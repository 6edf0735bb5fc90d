"""Services of which few were asked, put together so that their counts are nobody's own answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.aggregation.statistics import Statistics
from app.publication.suppression import SMALLEST


@dataclass(frozen=True, slots=True)
class ServicePart:
    """The answers about one service of a unit, or about several; `members` are their codes and names."""

    unit: str
    members: tuple[tuple[str, str], ...]
    not_asked: frozenset[str]
    statistics: Statistics

    @property
    def respondents(self) -> int:
        """How many answered."""
        return self.statistics.total.responses


def merged(parts: Sequence[ServicePart], smallest: int = SMALLEST) -> list[ServicePart]:
    """The parts in their order; within a unit, those with fewer than `smallest` respondents as one.

    When these are still too few, the next smallest service joins them. A unit whose services have too few
    altogether is one part.
    """
    found: list[ServicePart] = []
    for unit in dict.fromkeys(part.unit for part in parts):
        own = [part for part in parts if part.unit == unit and part.respondents]
        together = _together(own, smallest)
        found += [part for part in own if part not in together]
        if together:
            found.append(_one(together))
    return found


def _together(own: Sequence[ServicePart], smallest: int) -> list[ServicePart]:
    by_size = sorted(own, key=lambda part: (part.respondents, part.members))
    few = [part for part in by_size if part.respondents < smallest]
    for part in by_size[len(few) :]:
        if not few or (len(few) > 1 and sum(one.respondents for one in few) >= smallest):
            break
        few.append(part)
    return few if len(few) > 1 else []


def _one(parts: Sequence[ServicePart]) -> ServicePart:
    return ServicePart(
        unit=parts[0].unit,
        members=tuple(sorted(member for part in parts for member in part.members)),
        not_asked=frozenset.intersection(*(part.not_asked for part in parts)),
        statistics=sum((part.statistics for part in parts), start=Statistics()),
    )
