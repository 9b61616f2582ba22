"""Network addresses of clients: how they are read, and what limits count."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

COUNTED_PREFIX_LENGTH = 64  # the smallest network that an IPv6 provider assigns to one customer

Address = IPv4Address | IPv6Address


@lru_cache(1024)
def parse_address(text: str) -> Address | None:
    """Parse an address; return None for other text, such as "" for a Unix socket.

    An IPv4 address that is mapped into IPv6 is the IPv4 address (RFC 4291 section 2.5.5.2).
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address


@lru_cache(1024)
def counted_address(address: str) -> str:
    """Return the address or network that a limit per client counts.

    IPv4 counts by address. IPv6 counts by its /64, because one customer has 2^64 addresses. Text that is not an
    address is returned as it is.
    """
    parsed = parse_address(address)
    if parsed is None:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    network = IPv6Address(int(parsed) >> COUNTED_PREFIX_LENGTH << COUNTED_PREFIX_LENGTH)
    return f"{network}/{COUNTED_PREFIX_LENGTH}"
