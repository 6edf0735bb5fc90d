"""Network addresses, as far as anybody needs to know them: the prefix that a household or an office shares."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

PREFIX_BITS = {4: 24, 6: 48}


@lru_cache(maxsize=4096)
def prefix_of(host: str) -> str:
    """The network of an address: `203.0.113.0/24`, `2001:db8:1::/48`; whatever is no address stays as it is."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(ip_network((address, PREFIX_BITS[address.version]), strict=False))
