"""Who asks, behind web servers that the settings trust, as pure ASGI middleware."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

SCHEMES = frozenset({"http", "https"})
HOPS_MAX = 16
_LOOPBACK = IPv4Address("127.0.0.1")


class ProxyMiddleware:
    """Takes the caller's address and scheme from `X-Forwarded-For` and `X-Forwarded-Proto` of trusted peers.

    Everybody else may send these headers and changes nothing. A peer without an address speaks through a
    socket file of this machine; it is trusted together with 127.0.0.1.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = tuple(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if self._trusted and scope["type"] == "http" and self._is_trusted(peer_of(scope)):
            scope = {**scope, **self._told(scope["headers"])}
        await self._app(scope, receive, send)

    def _told(self, headers: Sequence[tuple[bytes, bytes]]) -> Scope:
        told: Scope = {}
        caller = self._caller(_elements(headers, b"x-forwarded-for"))
        if caller is not None:
            told["client"] = (str(caller), 0)
        schemes = _elements(headers, b"x-forwarded-proto")
        if schemes and schemes[-1].lower() in SCHEMES:
            told["scheme"] = schemes[-1].lower()
        return told

    def _caller(self, forwarded: Sequence[str]) -> Address | None:
        """The right-most address that is not one of ours: what stands left of it, anybody may have written.

        Where all are ours, the left-most; where something unreadable stands in between, the last before it.
        """
        caller: Address | None = None
        for text in reversed(forwarded[-HOPS_MAX:]):
            found = address_of(text)
            if found is None:
                return caller
            caller = found
            if not self._is_trusted(caller):
                return caller
        return caller

    def _is_trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)


def peer_of(scope: Scope) -> Address | None:
    """The address at the other end of the connection; None when it cannot be told."""
    client = scope.get("client")
    return _peer(client[0]) if client else _LOOPBACK


@lru_cache(maxsize=1024)
def _peer(host: str) -> Address | None:
    return address_of(host)


def address_of(text: str) -> Address | None:
    """An address as proxies write it: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`.

    An IPv4 address in the clothes of IPv6 is that IPv4 address.
    """
    text = text.strip().partition("%")[0]  # the zone of a link-local address says nothing elsewhere
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def _elements(headers: Sequence[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    """The elements of a list header, which may stand in several lines (RFC 9110, 5.3)."""
    joined = ",".join(value.decode("latin-1") for name, value in headers if name == wanted)
    return [part.strip() for part in joined.split(",") if part.strip()]
