"""Every acknowledged answer is stored exactly once, however many processes and clients send it at once."""

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from app.core.db import Database
from benchmarks.load.citizens import KIOSK, PLACES, Citizens
from benchmarks.load.processes import Service, command, environment, serving
from benchmarks.load.recount import findings
from benchmarks.load.senders import Ledger

Body = dict[str, Any]
Told = dict[str, str]
AT_ONCE = 50

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]


@pytest.fixture
def told(database_url: str, city: Database, tmp_path: Path) -> Told:
    """What the processes are told: the small city's database."""
    city.dispose()
    return environment(ESKM_DATABASE_URL=database_url, ESKM_SECRET_KEY_FILE=str(tmp_path / "secret.key"))


@pytest.fixture
def two(told: Told, tmp_path: Path) -> Iterator[tuple[Service, Service]]:
    """Two processes on one database."""
    with ExitStack() as stack:
        logs = (tmp_path / "first.log", tmp_path / "second.log")
        first, second = (stack.enter_context(serving(told, log, forked=True)) for log in logs)
        yield first, second


@pytest.fixture
def bearer(kiosk: Callable[[str], dict[str, str]]) -> dict[str, str]:
    """The headers of a kiosk at `KIOSK`."""
    return kiosk(KIOSK.point)


def post(port: int, path: str, content: Any, headers: dict[str, str]) -> tuple[int, Any]:
    """One request on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(
            "POST", path, json.dumps(content).encode(), {"Content-Type": "application/json", **headers}
        )
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def single(port: int, body: Body) -> str:
    """Send one answer; what became of it, in the words of a kiosk batch."""
    status, told = post(port, "/api/v1/responses", body, {})
    if status == 409:
        return "conflict"
    word = {201: "stored", 200: "duplicate"}[status]
    assert (told["id"], told["status"]) == (body["id"], word)
    return word


def batch(port: int, bodies: list[Body], bearer: dict[str, str]) -> list[str]:
    """Send answers as a kiosk does; what became of each."""
    items = [{key: value for key, value in body.items() if key != "point"} for body in bodies]
    status, told = post(port, "/api/v1/kiosk/batches", {"responses": items}, bearer)
    assert status == 200
    assert [one["id"] for one in told["results"]] == [body["id"] for body in bodies]
    return [one["status"] for one in told["results"]]


def at_once(actions: list[Callable[[], list[str]]]) -> list[list[str]]:
    """Do all of it at the same moment."""
    barrier = threading.Barrier(len(actions))

    def one(action: Callable[[], list[str]]) -> list[str]:
        barrier.wait(30)
        return action()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(one, actions))


def expected_in(told: Told, bodies: list[Body]) -> list[str]:
    """What is wrong when exactly `bodies` should be stored, each once."""
    ledger = Ledger()
    ledger.sent = {body["id"]: body for body in bodies}
    ledger.acknowledged = {body["id"]: ["stored"] for body in bodies}
    return findings(told["ESKM_DATABASE_URL"], ledger)


def test_the_same_answer_fifty_times_through_two_processes(
    told: Told, two: tuple[Service, Service], bearer: dict[str, str]
) -> None:
    body = Citizens(1).answer(KIOSK)

    def action(place: int) -> Callable[[], list[str]]:
        port = two[place % 2].port
        # Every fifth comes from the kiosk, which has it twice in its batch.
        if place % 5 == 0:
            return lambda: batch(port, [body, body], bearer)
        return lambda: [single(port, body)]

    said = at_once([action(place) for place in range(AT_ONCE)])
    # 40 single ones and 10 batches of two.
    assert Counter(word for words in said for word in words) == {"stored": 1, "duplicate": 59}
    assert expected_in(told, [body]) == []


def test_other_content_under_a_stored_id_changes_nothing(
    told: Told, two: tuple[Service, Service], bearer: dict[str, str]
) -> None:
    body = Citizens(2).answer(KIOSK)
    lowest, highest = dict.fromkeys(KIOSK.questions, 1), dict.fromkeys(KIOSK.questions, 4)
    body["scores"] = lowest
    others = [
        {**body, "scores": highest},
        {**body, "comment": "lain"},
        {**body, "answered_at": "2026-03-15T10:00:00+08:00"},
    ]
    assert single(two[0].port, body) == "stored"

    def action(place: int) -> Callable[[], list[str]]:
        port, other = two[place % 2].port, others[place % 3]
        if place % 5 == 0:
            return lambda: batch(port, [other, body, other], bearer)
        return lambda: [single(port, other)]

    said = at_once([action(place) for place in range(AT_ONCE)])
    for place, words in enumerate(said):
        assert words == (["conflict", "duplicate", "conflict"] if place % 5 == 0 else ["conflict"])
    assert expected_in(told, [body]) == []


def test_two_contents_of_one_id_race_and_one_wins(
    told: Told, two: tuple[Service, Service], bearer: dict[str, str]
) -> None:
    body = Citizens(3).answer(KIOSK)
    bodies = [{**body, "scores": dict.fromkeys(KIOSK.questions, score)} for score in (1, 4)]

    def action(place: int) -> Callable[[], list[str]]:
        port, mine = two[place % 2].port, bodies[place // 2 % 2]
        if place % 5 == 0:
            return lambda: batch(port, [mine], bearer)
        return lambda: [single(port, mine)]

    said = [words[0] for words in at_once([action(place) for place in range(52)])]
    # Each content is sent 26 times: one is stored and 25 times a duplicate, the other 26 times a conflict.
    assert Counter(said) == {"stored": 1, "duplicate": 25, "conflict": 26}
    winner = said.index("stored") // 2 % 2
    assert {place // 2 % 2 for place, word in enumerate(said) if word == "duplicate"} == {winner}
    assert expected_in(told, [bodies[winner]]) == []


def test_many_ids_in_any_order_through_two_processes(
    told: Told, two: tuple[Service, Service], bearer: dict[str, str]
) -> None:
    """Everybody sends everything, each in an order of its own: no deadlock, no lost update of a sum."""
    citizens = Citizens(4)
    everywhere = [citizens.answer(PLACES[number % 3]) for number in range(60)]
    at_kiosk = [citizens.answer(KIOSK) for _ in range(60)]
    all_of_it = [*everywhere, *at_kiosk]

    def citizen(seed: int) -> list[str]:
        mine = random.Random(seed).sample(all_of_it, len(all_of_it))
        return [
            f"{body['id']} {single(two[(seed + place) % 2].port, body)}" for place, body in enumerate(mine)
        ]

    def machine(seed: int) -> list[str]:
        mine = random.Random(seed).sample(at_kiosk, len(at_kiosk))
        parts = [mine[start : start + 15] for start in range(0, 60, 15)]
        return [
            f"{body['id']} {word}"
            for place, part in enumerate(parts)
            for body, word in zip(part, batch(two[(seed + place) % 2].port, part, bearer), strict=True)
        ]

    actions = [lambda seed=seed: citizen(seed) for seed in range(6)]
    actions += [lambda seed=seed: machine(seed) for seed in range(100, 104)]
    said = Counter(line for lines in at_once(actions) for line in lines)
    for body in everywhere:
        assert (said[f"{body['id']} stored"], said[f"{body['id']} duplicate"]) == (1, 5)
    for body in at_kiosk:
        assert (said[f"{body['id']} stored"], said[f"{body['id']} duplicate"]) == (1, 9)
    assert said.total() == 6 * 120 + 4 * 60
    assert expected_in(told, all_of_it) == []
    verified = command(told, "verify")
    assert verified.returncode == 0, verified.stdout


def test_workers_of_one_service_share_a_database(told: Told, bearer: dict[str, str], tmp_path: Path) -> None:
    citizens = Citizens(5)
    bodies = [citizens.answer(KIOSK) for _ in range(20)]
    with serving(told, tmp_path / "serve.log", workers=2) as service:
        actions = [lambda: [single(service.port, body) for body in bodies] for _ in range(5)]
        actions += [lambda: batch(service.port, bodies[::-1], bearer) for _ in range(5)]
        said = Counter(word for words in at_once(actions) for word in words)
        service.terminate()
        service.wait()
    assert said == {"stored": 20, "duplicate": 180}
    assert expected_in(told, bodies) == []
