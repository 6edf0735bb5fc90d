"""Which names this installation answers to. A forged Host ends up in links, caches and same-origin checks."""

import re
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.core.settings import Settings

# Asked by machines that know an address and no name: load balancers, container runtimes.
EXEMPT = frozenset({"/healthz", "/readyz"})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
# Ports are ignored, so a name is remembered with every port that it was asked with; a flood of them is not.
REMEMBERED_MAX = 64

_HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?)(?::[0-9]{1,5})?")


class Hosts:
    """Decides on Host headers. `known` holds header values, as bytes, that were found right before.

    A production installation answers to its public name, to those allowed beside it, and on the machine itself.
    Any other also answers to addresses and to names without a dot, as on a local network: for a page elsewhere
    to reach it through its visitor's browser (DNS rebinding), it would need a name with a dot.
    """

    def __init__(self, settings: Settings) -> None:
        public = urlsplit(settings.public_url)
        self._strict = settings.is_production
        self._names = {*LOOPBACK, *(_listed(name) for name in settings.allowed_hosts)}
        self.known: set[bytes] = set()
        if public.hostname:
            name = _listed(f"[{public.hostname}]" if ":" in public.hostname else public.hostname)
            self._names.add(name)
            self.known.update({name.encode(), f"{name}:{public.port or 443}".encode()})

    def accepts(self, headers: Sequence[tuple[bytes, bytes]]) -> bool:
        """Whether a request has exactly one Host header, and it names this installation."""
        values = [value for name, value in headers if name == b"host"]
        if len(values) != 1:
            return False
        value = values[0]
        if value in self.known:
            return True
        if not self._is_ours(value):
            return False
        if len(self.known) < REMEMBERED_MAX:
            self.known.add(value)
        return True

    def _is_ours(self, value: bytes) -> bool:
        name = name_of(value.decode("latin-1"))
        return name is not None and (name in self._names or not (self._strict or is_dotted_name(name)))


def name_of(host: str) -> str | None:
    """A Host header without its port, in lower case; None when it is none (RFC 9110, 7.2)."""
    found = _HOST.fullmatch(host.lower())
    return found[1] if found else None


def is_dotted_name(name: str) -> bool:
    """Whether a name is neither an address nor a single label."""
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return "." in name or name.startswith("[")
    return False


def _listed(name: str) -> str:
    """A name from the settings as browsers send it."""
    found = name_of(name.strip().encode("idna").decode() if not name.isascii() else name.strip())
    if found is None:
        raise ValueError(f"ESKM_ALLOWED_HOSTS, ESKM_PUBLIC_URL: bukan nama host: {name!r}")
    return found
