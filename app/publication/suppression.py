"""Which groups of a profile may be shown: none that is small, and none from which a small one can be computed.

A column is a set of respondents that is published by itself, or can be had by subtracting what is published; a
group is hidden in all columns or in none. See docs/method.md.
"""

from collections.abc import Collection, Mapping, Sequence

SMALLEST = 5
"""A group of fewer respondents than this, but not of none, is small."""

Column = Mapping[str, int]


def hidden_groups(
    columns: Sequence[Column],
    inherited: Collection[str] = (),
    smallest: int = SMALLEST,
) -> frozenset[str]:
    """The groups to hide; nothing else may be said of them than how many they are together in each column.

    Hidden are small groups (primary), those that an earlier publication of some of the same respondents hid, and
    then the least of the others (complementary) until at least two are hidden and they are together none or
    `smallest` in every column. Then a hidden group can be anything from none to all of its column's hidden.
    """
    groups = {group for column in columns for group in column}
    totals = {group: sum(column.get(group, 0) for column in columns) for group in groups}
    hidden = {
        group for group in groups if any(0 < column.get(group, 0) < smallest for column in columns)
    } | groups.intersection(inherited)
    # An empty group makes a poor hiding place: that nobody of its kind came is often known. It is taken last.
    others = sorted(groups - hidden, key=lambda group: (totals[group] == 0, totals[group], group))
    for group in others:
        if _is_safe(columns, hidden, smallest):
            break
        hidden.add(group)
    return frozenset(hidden)


def _is_safe(columns: Sequence[Column], hidden: Collection[str], smallest: int) -> bool:
    if not hidden:
        return True
    together = [sum(column.get(group, 0) for group in hidden) for column in columns]
    return len(hidden) > 1 and all(amount == 0 or amount >= smallest for amount in together)


def shown(column: Column, hidden: Collection[str]) -> tuple[dict[str, int | None], int]:
    """A column as it is published: groups that are hidden have no number, and how many they are together.

    Where the hidden groups are empty together, each of them is: then they are shown.
    """
    together = sum(column.get(group, 0) for group in hidden)
    return {
        group: None if group in hidden and together else amount for group, amount in column.items()
    }, together


def pieces(memberships: Mapping[str, frozenset[int]]) -> dict[frozenset[int], list[str]]:
    """Parts of the population by the publications that they are in; those in none are left out.

    `memberships` says for each smallest part, by its name, in which publications it is.
    """
    found: dict[frozenset[int], list[str]] = {}
    for part, publications in memberships.items():
        if publications:
            found.setdefault(publications, []).append(part)
    return found
