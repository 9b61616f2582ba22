"""Limits per client count IPv4 by address and IPv6 by the /64 of one customer."""

import pytest

from models.network_address import counted_address

ADDRESSES = {
    "203.0.113.7": "203.0.113.7",
    "::ffff:203.0.113.7": "203.0.113.7",
    "::FFFF:cb00:7107": "203.0.113.7",
    "2001:db8:1:2::1": "2001:db8:1:2::/64",
    "2001:DB8:1:2:FFFF:FFFF:FFFF:FFFF": "2001:db8:1:2::/64",
    "2001:db8:1:3::1": "2001:db8:1:3::/64",
    "fe80::1%eth0": "fe80::/64",
    "::1": "::/64",
    "": "",
    "testclient": "testclient",
}


@pytest.mark.parametrize(("address", "counted"), ADDRESSES.items())
def test_limits_count_ipv4_by_address_and_ipv6_by_network(address: str, counted: str) -> None:
    assert counted_address(address) == counted
