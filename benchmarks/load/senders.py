"""Clients that behave: they keep what was not acknowledged, and send it again."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from typing import Any

from benchmarks.load.citizens import KIOSK, Citizens

Body = dict[str, Any]
BATCH = 7
PAUSE_SECONDS = 0.02
TIMEOUT_SECONDS = 60


class Ledger:
    """What was sent, and what the service said about it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.sent: dict[str, Body] = {}
        self.acknowledged: dict[str, list[str]] = {}
        """id -> what each acknowledgement of it said."""
        self.kept: list[Body] = []
        """Sent and not acknowledged."""
        self.busy = 0
        self.broken = 0
        self.strange: list[str] = []

    def next(self, make: Callable[[], Body], number: int, *, kiosk: bool) -> list[Body]:
        """`number` answers to send now: first those that were kept."""
        with self.lock:
            mine = [one for one in self.kept if not kiosk or one["point"] == KIOSK.point][-number:]
            for one in mine:
                self.kept.remove(one)
            mine += [make() for _ in range(number - len(mine))]
            self.sent.update((one["id"], one) for one in mine)
        return mine

    def keep(self, bodies: list[Body], reason: str) -> None:
        """Not acknowledged: because the service was `busy`, or because the connection was `broken`."""
        with self.lock:
            self.kept.extend(bodies)
            self.busy += reason == "busy"
            self.broken += reason == "broken"

    def note(self, id_: str, status: str) -> None:
        """An acknowledgement."""
        with self.lock:
            if status in ("stored", "duplicate"):
                self.acknowledged.setdefault(id_, []).append(status)
            else:
                self.strange.append(f"{id_}: {status}")

    def wonder(self, what: str) -> None:
        """Something that a client should not have to see."""
        with self.lock:
            self.strange.append(what)

    def statuses(self) -> Counter[str]:
        """How often each acknowledgement was given."""
        return Counter(status for given in self.acknowledged.values() for status in given)


class Sender:
    """One client with one connection; a kiosk when it has a token."""

    def __init__(self, port: int, ledger: Ledger, make: Callable[[], Body], token: str | None = None) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        self._ledger = ledger
        self._make = make
        self._token = token

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set."""
        while not stop.is_set():
            if not self.send(self._ledger.next(self._make, self._number(), kiosk=self._token is not None)):
                time.sleep(PAUSE_SECONDS)
        self._connection.close()

    def drain(self) -> None:
        """Send all that was kept, until it is acknowledged."""
        while self._ledger.kept:
            if not self.send(self._ledger.next(self._make, 1, kiosk=False)):
                time.sleep(PAUSE_SECONDS)
        self._connection.close()

    def _number(self) -> int:
        return BATCH if self._token else 1

    def send(self, bodies: list[Body]) -> bool:
        """Send some answers in one request; whether they were taken."""
        try:
            status, retry_after, content = self._post(bodies)
        except (OSError, HTTPException):
            self._connection.close()
            self._ledger.keep(bodies, "broken")
            return False
        if status == 503:
            self._ledger.keep(bodies, "busy")
            if not retry_after:
                self._ledger.wonder("503 without Retry-After")
            return False
        self._read(bodies, status, content)
        return True

    def _post(self, bodies: list[Body]) -> tuple[int, str | None, bytes]:
        headers = {"Content-Type": "application/json"}
        path, content = "/api/v1/responses", json.dumps(bodies[0])
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
            path = "/api/v1/kiosk/batches"
            content = json.dumps(
                {"responses": [{key: one[key] for key in one if key != "point"} for one in bodies]}
            )
        self._connection.request("POST", path, content.encode(), headers)
        response = self._connection.getresponse()
        return response.status, response.getheader("Retry-After"), response.read()

    def _read(self, bodies: list[Body], status: int, content: bytes) -> None:
        if self._token and status == 200:
            for body, result in zip(bodies, json.loads(content)["results"], strict=True):
                self._ledger.note(body["id"], result["status"] if result["id"] == body["id"] else "foreign")
        elif not self._token and status in (200, 201):
            told = json.loads(content)
            expected = {201: "stored", 200: "duplicate"}[status]
            is_mine = told["id"] == bodies[0]["id"] and told["status"] == expected
            self._ledger.note(bodies[0]["id"], expected if is_mine else "foreign")
        else:
            self._ledger.wonder(f"{status}: {content.decode(errors='replace')}")


class Crowd:
    """Several senders in threads: `with Crowd(…):` they send while the block runs."""

    def __init__(
        self, port: int, ledger: Ledger, citizens: Citizens, *, clients: int = 5, token: str | None = None
    ) -> None:
        self._stop = threading.Event()
        senders = [Sender(port, ledger, citizens.answer) for _ in range(clients)]
        if token is not None:
            senders.append(Sender(port, ledger, lambda: citizens.answer(KIOSK), token))
        self._threads = [threading.Thread(target=one.run, args=(self._stop,)) for one in senders]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * TIMEOUT_SECONDS)
            if thread.is_alive():
                raise TimeoutError("a client hangs")


def until(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait for something that has to happen."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.005)
