"""Limits by point and network: a crowd passes, a script is slowed; what is unusual is flagged."""

import pytest

from app.responses.arrivals import BURST_A_MINUTE, DEVICE_ANSWERS, SALT_SECONDS, Arrivals, Source
from app.responses.errors import TooMany


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def scope(host: str = "203.0.113.7", agent: str = "A") -> dict[str, object]:
    return {"client": (host, 1), "headers": [(b"user-agent", agent.encode())]}


def from_(arrivals: Arrivals, host: str = "203.0.113.7", agent: str = "A") -> Source:
    source = arrivals.source(scope(host, agent))
    assert source is not None
    return source


def test_two_hundred_phones_behind_one_address_all_pass_at_once() -> None:
    arrivals = Arrivals(60, 240, seconds=Hands())
    for phone in range(200):
        arrivals.admit("p", from_(arrivals, agent=f"phone {phone}"))


def test_five_hundred_phones_all_pass_within_minutes_when_they_come_again_as_told() -> None:
    hands = Hands()
    arrivals = Arrivals(60, 240, seconds=hands)
    waiting, began = 500, hands.now
    while waiting:
        try:
            arrivals.admit("p", from_(arrivals))
            waiting -= 1
        except TooMany as error:
            hands.now += int(error.headers["Retry-After"])
    assert hands.now - began <= 5 * 60


def test_a_script_is_slowed_to_the_rate() -> None:
    hands = Hands()
    arrivals = Arrivals(60, 240, seconds=hands)
    passed = 0
    for _ in range(36_000):  # ten a second for an hour
        hands.now += 0.1
        try:
            arrivals.admit("p", from_(arrivals))
            passed += 1
        except TooMany:
            pass
    assert 240 + 3590 <= passed <= 240 + 3610


def test_a_refusal_costs_nothing_and_says_when_to_come_again() -> None:
    hands = Hands()
    arrivals = Arrivals(6, 1, seconds=hands)
    source = from_(arrivals)
    arrivals.admit("p", source)
    for _ in range(3):
        with pytest.raises(TooMany) as refused:
            arrivals.admit("p", source)
        assert refused.value.headers["Retry-After"] == "11"
    hands.now += 10
    arrivals.admit("p", source)


def test_points_and_networks_have_limits_of_their_own() -> None:
    arrivals = Arrivals(6, 1, seconds=Hands())
    arrivals.admit("p", from_(arrivals))
    arrivals.admit("q", from_(arrivals))
    arrivals.admit("p", from_(arrivals, "198.51.100.1"))
    with pytest.raises(TooMany):
        arrivals.admit("p", from_(arrivals, "203.0.113.200"))  # another address of the first network


def test_zero_lifts_the_limit() -> None:
    arrivals = Arrivals(0, 1, seconds=Hands())
    for _ in range(1000):
        arrivals.admit("p", from_(arrivals))


@pytest.mark.parametrize("client", [None, ("127.0.0.1", 5), ("::1", 5), ("/run/eskm.sock", 0)])
def test_callers_on_this_machine_cannot_be_told_apart(client: object) -> None:
    assert Arrivals(1, 1).source({"client": client, "headers": []}) is None
    assert Arrivals(1, 1).admit("p", None) == ()


def test_a_burst_is_flagged_and_let_in() -> None:
    hands = Hands()
    arrivals = Arrivals(60, 240, seconds=hands)
    flags = [arrivals.admit("p", from_(arrivals, agent=str(n))) for n in range(BURST_A_MINUTE + 2)]
    assert flags == [()] * BURST_A_MINUTE + [("burst",)] * 2
    hands.now += 60
    assert arrivals.admit("p", from_(arrivals, agent="later")) == ()


def test_a_browser_that_answers_again_and_again_is_flagged_unless_it_is_shared() -> None:
    arrivals = Arrivals(60, 240, seconds=Hands())
    flags = [arrivals.admit("p", from_(arrivals)) for _ in range(DEVICE_ANSWERS + 1)]
    assert flags == [()] * DEVICE_ANSWERS + [("repeated",)]
    assert arrivals.admit("p", from_(arrivals, agent="B")) == ()
    assert arrivals.admit("p", from_(arrivals), shared=True) == ()


def test_tomorrow_nobody_is_known_any_more() -> None:
    hands = Hands()
    arrivals = Arrivals(60, 240, seconds=hands)
    today = from_(arrivals)
    assert from_(arrivals) == today
    hands.now += SALT_SECONDS
    assert from_(arrivals) != today
    assert from_(Arrivals(60, 240)) != from_(Arrivals(60, 240))  # nor does another process know
