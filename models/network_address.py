"""Network addresses of clients, as throttles and connection limits count them."""

from ipaddress import IPv4Address, IPv6Address, ip_address

COUNTED_PREFIX_LENGTH = 64  # the smallest network that an IPv6 provider assigns to one customer


def counted_address(address: str) -> str:
    """Return the address or network that a limit per client counts.

    IPv4 counts by address, also when it is mapped into IPv6 (RFC 4291 section 2.5.5.2). IPv6 counts by its /64,
    because one customer has 2^64 addresses. Text that is not an address, such as "" for a Unix socket, is returned as
    it is.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    network = IPv6Address(int(parsed) >> COUNTED_PREFIX_LENGTH << COUNTED_PREFIX_LENGTH)
    return f"{network}/{COUNTED_PREFIX_LENGTH}"
