"""Where a request comes from, as far as anybody needs to know: a keyed hash of the address's prefix."""

from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request

from app.auth.keys import Keys

# What one household, office or mobile gateway shares.
PREFIX_BITS = {4: 24, 6: 48}


def network_of(request: Request) -> str:
    """The keyed hash of the caller's network, by which two requests can be compared, and nobody found."""
    keys: Keys = request.app.state.keys
    return keys.digest("network", prefix_of(request.client.host if request.client else ""))


def prefix_of(host: str) -> str:
    """The network of an address: `203.0.113.0/24`, `2001:db8:1::/48`; whatever is no address stays as it is."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(ip_network((address, PREFIX_BITS[address.version]), strict=False))
