"""How fast answers come from one network to one point: limits that a crowd passes and a script does not.

Nothing here is stored. Networks and devices are hashes with a salt that lives for a day in memory; every process
counts for itself, so that several processes together are a little more generous.
"""

import hashlib
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import TypeVar

from starlette.types import Scope

from app.core.addresses import prefix_of
from app.responses.errors import TooMany
from app.responses.flags import BURST, REPEATED

Key = TypeVar("Key")
Entry = TypeVar("Entry")
SALT_SECONDS = 24 * 3600
ENTRIES_MAX = 50_000
# A phone is handed round a family; beyond that a look is worth while.
DEVICE_ANSWERS = 3
BURST_A_MINUTE = 30


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from today: hashes of a network and of a browser in it, good for counting only."""

    network: bytes
    device: bytes


@dataclass(slots=True)
class _Bucket:
    left: float
    filled_at: float
    minute: int = 0
    in_minute: int = 0


class Arrivals:
    """Token buckets by point and network: `burst` answers at once, then `per_minute`. Zero lifts the limit."""

    def __init__(self, per_minute: int, burst: int, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_minute / 60
        self._burst = burst
        self._seconds = seconds
        self._salt, self._salted_at = os.urandom(16), seconds()
        self._buckets: OrderedDict[tuple[str, bytes], _Bucket] = OrderedDict()
        self._devices: OrderedDict[tuple[str, bytes], int] = OrderedDict()

    def source(self, scope: Scope) -> Source | None:
        """Where a request comes from; None from this machine, whose callers cannot be told apart."""
        client = scope.get("client")
        if client is None or _is_local(client[0]):
            return None
        self._renew()
        network = hashlib.blake2b(prefix_of(client[0]).encode(), key=self._salt, digest_size=12).digest()
        browser = client[0].encode() + b"\0" + _browser(scope["headers"])
        return Source(network, hashlib.blake2b(browser, key=self._salt, digest_size=12).digest())

    def admit(self, point: str, source: Source | None, *, shared: bool = False) -> tuple[str, ...]:
        """Let one answer in and say what is unusual about it. Raises `TooMany` when the network must wait.

        At a `shared` device (a kiosk, a counter) many people answer in turn: it is not looked at.
        """
        if source is None:
            return ()
        flags = self._flag_burst(self._take(point, source.network))
        return flags if shared else flags + self._flag_device(point, source.device)

    def _take(self, point: str, network: bytes) -> _Bucket:
        now = self._seconds()
        bucket = _kept(self._buckets, (point, network), lambda: _Bucket(self._burst, now))
        if self._per_second:
            bucket.left = min(self._burst, bucket.left + (now - bucket.filled_at) * self._per_second)
            bucket.filled_at = now
            if bucket.left < 1:
                raise TooMany(int((1 - bucket.left) / self._per_second) + 1)
            bucket.left -= 1
        minute = int(now // 60)
        bucket.in_minute = bucket.in_minute + 1 if bucket.minute == minute else 1
        bucket.minute = minute
        return bucket

    def _flag_burst(self, bucket: _Bucket) -> tuple[str, ...]:
        return (BURST,) if bucket.in_minute > BURST_A_MINUTE else ()

    def _flag_device(self, point: str, device: bytes) -> tuple[str, ...]:
        key = (point, device)
        count = _kept(self._devices, key, lambda: 0) + 1
        self._devices[key] = count
        return (REPEATED,) if count > DEVICE_ANSWERS else ()

    def _renew(self) -> None:
        """A new salt every day: yesterday's hashes mean nothing any more."""
        if self._seconds() - self._salted_at >= SALT_SECONDS:
            self._salt, self._salted_at = os.urandom(16), self._seconds()
            self._buckets.clear()
            self._devices.clear()


def _kept(entries: OrderedDict[Key, Entry], key: Key, make: Callable[[], Entry]) -> Entry:
    """The entry of `key`, made when it is missing; those not used for longest go first."""
    found = entries.get(key)
    if found is None:
        found = entries[key] = make()
        if len(entries) > ENTRIES_MAX:
            entries.popitem(last=False)
    else:
        entries.move_to_end(key)
    return found


def _browser(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"\0".join(value for name, value in headers if name in (b"user-agent", b"accept-language"))


@lru_cache(maxsize=4096)
def _is_local(host: str) -> bool:
    """Whether this is the machine itself: its loopback, or no address of a network at all."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return True
