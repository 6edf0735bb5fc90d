"""Requests to addresses that people entered: never into a private network, bounded in time, size and redirects.

A name is resolved once, every address of it is judged, and the connection goes to one that was judged: an answer of
the name service that changes in between leads nowhere else.
"""

import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.errors import DomainError
from app.core.late import Late

httpx = Late("httpx")

SCHEMES = {"http": 80, "https": 443}
URL_LENGTH_MAX = 2000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_KEEPS_METHOD = frozenset({307, 308})


class AddressRefused(DomainError):
    """The address cannot be called: not http(s), with a password in it, or inside a private network."""

    status = 422
    code = "address_refused"
    message = (
        "Alamat ini tidak dapat dihubungi: harus http:// atau https:// ke situs di internet, "
        "bukan ke jaringan dalam."
    )


class Unreachable(Exception):
    """Nothing answered; `reason` is `timeout`, `name`, `tls`, `connection` or `redirects`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may cost. `redirects` is how many are followed, each judged like the first address."""

    seconds: float = 10.0
    body_bytes: int = 64 * 1024
    redirects: int = 0
    private: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: `body` is cut at the limit, `url` is where the last redirect led."""

    status: int
    url: str
    media_type: str
    body: bytes
    milliseconds: int


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    limits: Limits | None = None,
) -> Reply:
    """Call an address. Raises `AddressRefused` and `Unreachable`; any status of an answer is a reply."""
    limits = limits or Limits()
    began = time.monotonic()
    for _ in range(limits.redirects + 1):
        left = limits.seconds - (time.monotonic() - began)
        if left <= 0:
            raise Unreachable("timeout")
        reply, onward = _once(method, url, dict(headers or {}), content, limits, left, began)
        if onward is None or limits.redirects == 0:
            return reply
        if reply.status not in _KEEPS_METHOD and method not in ("GET", "HEAD"):
            method, content = "GET", None
        if _origin(onward) != _origin(url):
            headers = None  # what one site may know is no business of the next
        url = onward
    raise Unreachable("redirects")


def check(url: str, *, private: bool = False) -> None:
    """Refuse an address that could never be called, without resolving its name. Raises `AddressRefused`."""
    _, host, _ = _parts(url)
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if not private and (host == "localhost" or host.endswith((".localhost", ".local", ".internal"))):
            raise AddressRefused from None
        return
    if not private and not is_public(address):
        raise AddressRefused


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address belongs to the public internet, also where it only carries another one."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if carried is None and address in _NAT64:
            carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if carried is not None:
            return is_public(carried)
    return address.is_global and not address.is_multicast


def _once(
    method: str,
    url: str,
    headers: dict[str, str],
    content: bytes | None,
    limits: Limits,
    seconds: float,
    began: float,
) -> tuple[Reply, str | None]:
    parsed, host, port = _parts(url)
    address = _resolved(host, port, private=limits.private)
    target = parsed.copy_with(host=address)
    sent = {**headers, "Host": parsed.netloc.decode("ascii")}
    try:
        with (
            httpx.Client(timeout=seconds, trust_env=False, follow_redirects=False) as client,
            client.stream(
                method, target, headers=sent, content=content, extensions={"sni_hostname": host}
            ) as answer,
        ):
            body = _body(answer, limits.body_bytes, began + limits.seconds)
            onward = answer.headers.get("location") if answer.status_code in _REDIRECTS else None
            kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
            took = round((time.monotonic() - began) * 1000)
            return (
                Reply(answer.status_code, url, kind, body, took),
                str(parsed.join(onward)) if onward else None,
            )
    except httpx.TimeoutException:
        raise Unreachable("timeout") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable("tls" if "certificate" in str(error).lower() else "connection") from None


def _body(answer: Any, most: int, until: float) -> bytes:
    """The beginning of a body, as it travels. Whoever sends it drop by drop is left when the time is over."""
    found = bytearray()
    for chunk in answer.iter_raw():
        found += chunk[: most - len(found)]
        if len(found) >= most:
            break
        if time.monotonic() > until:
            raise Unreachable("timeout")
    return bytes(found)


def _parts(url: str) -> tuple[Any, str, int]:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        raise AddressRefused from None
    host = parsed.raw_host.decode("ascii").strip("[]").lower()
    port = parsed.port or SCHEMES.get(parsed.scheme, 0)
    if len(url) > URL_LENGTH_MAX or not 0 < port < 65536 or not host or parsed.userinfo:
        raise AddressRefused
    return parsed, host, port


def _resolved(host: str, port: int, *, private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("name") from None
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    if not private and not all(is_public(ipaddress.ip_address(one)) for one in addresses):
        raise AddressRefused
    return addresses[0]


def _origin(url: str) -> tuple[str, str, int]:
    parsed, host, port = _parts(url)
    return parsed.scheme, host, port
