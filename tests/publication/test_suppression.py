"""No small group can be computed: not from totals, services against their unit, or quarters against the year."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from app.publication.suppression import SMALLEST, hidden_groups, pieces, shown
from tests.publication.attacker import Attacker

GROUPS = ("a", "b", "c", "d")
SERVICES, QUARTERS = (0, 1, 2), (0, 1)
PARTS = tuple(product(SERVICES, QUARTERS))
Part = tuple[int, int]
Scope = tuple[frozenset[int], frozenset[int]]


def parts_of(scope: Scope) -> set[Part]:
    services, quarters = scope
    return {(service, quarter) for service, quarter in PARTS if service in services and quarter in quarters}


@dataclass
class Press:
    """Publishes scopes one after the other, as the service does, and keeps what was printed."""

    truth: Mapping[Part, Mapping[str, int]]
    printed: list[tuple[Scope, dict[str, int | None], int, frozenset[str]]] = field(default_factory=list)

    def publish(self, scope: Scope) -> None:
        scopes = [scope, *self._connected(scope)]
        memberships = {
            f"{part[0]} {part[1]}": frozenset(i for i, one in enumerate(scopes) if part in parts_of(one))
            for part in PARTS
        }
        columns = [
            self._column({(int(one[0]), int(one[2])) for one in parts})
            for parts in pieces(memberships).values()
        ]
        whole = self._column(parts_of(scope))
        inherited = [hidden for other, _, _, hidden in self.printed if other in scopes]
        hidden = hidden_groups([*columns, whole], frozenset().union(*inherited))
        self.printed.append((scope, *shown(whole, hidden), hidden))

    def _connected(self, scope: Scope) -> list[Scope]:
        reached, known = [scope], [one for one, *_ in self.printed]
        for here in reached:
            reached += [one for one in known if one not in reached and parts_of(one) & parts_of(here)]
        return reached[1:]

    def _column(self, parts: set[Part]) -> dict[str, int]:
        return {group: sum(self.truth[part][group] for part in parts) for group in GROUPS}

    def reader(self) -> Attacker:
        """Somebody who has read everything."""
        equations, amounts = [], []
        for scope, numbers, together, hidden in self.printed:
            for one, amount in numbers.items():
                if amount is not None:
                    equations.append(self.row(scope, {one}))
                    amounts.append(amount)
            equations.append(self.row(scope, hidden))
            amounts.append(together)
        return Attacker(equations, amounts)

    def row(self, scope: Scope, groups: set[str] | frozenset[str]) -> list[int]:
        return [int(part in parts_of(scope) and group in groups) for part in PARTS for group in GROUPS]


amount = st.one_of(st.integers(0, 6), st.integers(0, 30))
scope_of = st.tuples(
    st.sets(st.sampled_from(SERVICES), min_size=1).map(frozenset),
    st.sets(st.sampled_from(QUARTERS), min_size=1).map(frozenset),
)
truth_of = st.fixed_dictionaries(
    {part: st.fixed_dictionaries(dict.fromkeys(GROUPS, amount)) for part in PARTS}
)


@settings(max_examples=60, deadline=None)
@given(truth_of, st.lists(scope_of, min_size=1, max_size=5, unique=True))
def test_no_small_group_can_be_computed(truth: Mapping[Part, Mapping[str, int]], scopes: list[Scope]) -> None:
    """Whatever is published in whatever order; also of respondents that were never published by themselves."""
    press = Press(truth)
    for scope in scopes:
        press.publish(scope)
    for scope, numbers, _, _ in press.printed:
        for group, printed in numbers.items():
            true = sum(truth[part][group] for part in parts_of(scope))
            assert printed in (None, true)
            assert printed is None or not 0 < printed < SMALLEST
    reader = press.reader()
    covered = set().union(*(parts_of(scope) for scope, *_ in press.printed))
    for scope in {*scopes, *((frozenset({s}), frozenset({q})) for s, q in covered)}:
        for group in GROUPS:
            true = sum(truth[part][group] for part in parts_of(scope))
            low, high = reader.bounds(press.row(scope, {group}))
            assert low <= true <= high
            assert low < high or not 0 < true < SMALLEST, f"{group} of {scope} is {true}: it can be computed"


@given(st.lists(st.integers(0, 12), min_size=2, max_size=9))
def test_a_hidden_group_can_be_anything_from_none_to_all_that_is_hidden(amounts: list[int]) -> None:
    column = {str(place): amount for place, amount in enumerate(amounts)}
    hidden = hidden_groups([column])
    numbers, together = shown(column, hidden)
    assert together == sum(column[group] for group in hidden)
    assert sum(amount for amount in numbers.values() if amount is not None) + together == sum(amounts)
    assert all(amount == column[group] for group, amount in numbers.items() if amount is not None)
    assert not [amount for amount in numbers.values() if amount is not None and 0 < amount < SMALLEST]
    if any(0 < amount < SMALLEST for amount in amounts):
        assert len(hidden) > 1
        assert together >= SMALLEST or len(hidden) == len(column), "few only where everybody is hidden"
        assert all(numbers[group] is None for group in hidden)


def test_nothing_is_hidden_without_need() -> None:
    assert hidden_groups([{"L": 139, "P": 151, "unstated": 8}]) == frozenset()
    assert hidden_groups([{"L": 5, "P": 0, "unstated": 0}]) == frozenset()


def test_worked_example() -> None:
    """As in docs/method.md: S3 has 2, S2 has 4 and joins it, 6 together is enough."""
    column = {"SD": 8, "SMP": 19, "SMA": 104, "D1-D4": 44, "S1": 98, "S2": 4, "S3": 2, "unstated": 19}
    hidden = hidden_groups([column])
    assert hidden == {"S2", "S3"}
    assert shown(column, hidden)[1] == 6
    # With S2 = 16 it is not small itself, and it is not the least of the others: that is SD.
    assert hidden_groups([column | {"S2": 16}]) == {"S3", "SD"}
    # A service with 6 of the 8 of SD leaves 2 for all others: in the service's publication SD is hidden.
    service = dict.fromkeys(column, 0) | {"SD": 6, "SMA": 40, "S1": 30}
    rest = {group: column[group] - service[group] for group in column}
    assert hidden_groups([service, rest], hidden) == {"S2", "S3", "SD"}
