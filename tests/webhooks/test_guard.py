"""SSRF protection: webhooks reach public addresses only, whatever the URL or DNS says."""

import ipaddress
import json
import socket
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests import Request
from urllib3.util import parse_url

from tests.webhooks.conftest import MakeContext, MakeSender, Serve
from tests.webhooks.raw_server import FakeResolver, always, http_response
from webhooks.guard import BlockedAddress, InvalidUrl, check_name, check_url, is_public, resolve

HERE = Path(__file__).parent
HOSTILE_URLS = json.loads((HERE / "hostile_urls.json").read_text())
HOSTILE_ADDRESSES = json.loads((HERE / "hostile_addresses.json").read_text())

GOOD_URLS = [
    "https://hooks.example.com",
    "https://hooks.example.com/",
    "HTTPS://Hooks.Example.COM/Path?shop=7&next=%2Fa%20b",
    "https://hooks.example.com:443/x",
    "https://hooks.example.com:1024/x",
    "https://hooks.example.com:65535/x",
    "https://hooks.example.com./x",
    "https://my_shop.example.com/wth",
    "https://münchen-uhren.example.com/größe",
    "https://xn--mnchen-uhren-dlb.example.com/",
    "https://1.example.com/",
    "https://8.8.8.8.example.com/",
    "https://93.184.216.34/x",
    "https://[2606:2800:220:1:248:1893:25c8:1946]:8443/x",
    "https://hooks.example.com/a@b?c=@d",
    "https://hooks.example.com/" + "a" * (2048 - 26),
]
DEVELOPMENT_URLS = [
    "http://127.0.0.1:8000/hooks",
    "http://localhost/hooks",
    "http://localhost:80/hooks",
    "https://[::1]:22/",
    "http://receiver.internal:3000/",
]
PUBLIC = ["1.1.1.1", "93.184.216.34", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "223.255.255.255"]
PUBLIC_6 = ["2606:4700:4700::1111", "2a00:1450:4001:80b::200e", "2001:4860:4860::8888", "2400:cb00::5eff:1"]


def case_name(case: dict[str, Any]) -> str:
    return str(case["why"])


@pytest.mark.parametrize("case", HOSTILE_URLS, ids=case_name)
def test_hostile_url_is_rejected_in_one_plain_sentence(case: dict[str, str]) -> None:
    with pytest.raises(InvalidUrl) as error:
        check_url(case["url"], allow_private=False)
    sentence = str(error.value)
    assert sentence.startswith("The ")
    assert sentence.endswith(".")
    assert len(sentence) < 120


@pytest.mark.parametrize("case", HOSTILE_URLS, ids=case_name)
def test_hostile_url_that_was_saved_anyway_is_never_requested(make_sender: MakeSender, case: dict[str, str]) -> None:
    resolver = FakeResolver(["127.0.0.1"])
    response = make_sender(allow_private=False, resolver=resolver).send(case["url"], b"{}", {})
    assert (response.status, response.error) == (None, "blocked_address")
    assert resolver.lookups == []


@pytest.mark.parametrize("case", HOSTILE_ADDRESSES, ids=case_name)
def test_host_with_a_hostile_address_is_blocked(case: dict[str, Any]) -> None:
    with pytest.raises(BlockedAddress):
        resolve("hooks.example.com", 443, allow_private=False, resolver=FakeResolver(case["addresses"]))


def test_every_hostile_case_has_its_reason() -> None:
    cases = HOSTILE_URLS + HOSTILE_ADDRESSES
    assert len(cases) >= 200
    assert all(case["why"] for case in cases)
    assert len({case["url"] for case in HOSTILE_URLS}) == len(HOSTILE_URLS)


@pytest.mark.parametrize("url", GOOD_URLS)
def test_good_url_is_accepted(url: str) -> None:
    check_url(url, allow_private=False)


@pytest.mark.parametrize("url", DEVELOPMENT_URLS)
def test_development_allows_http_private_addresses_and_low_ports(url: str) -> None:
    check_url(url, allow_private=True)
    with pytest.raises(InvalidUrl):
        check_url(url, allow_private=False)


@pytest.mark.parametrize(
    "url",
    ["http://user@localhost/", "http://localhost/#x", "ftp://localhost/", "http://2130706433/", "http://localhost:0/"],
)
def test_development_relaxes_nothing_else(url: str) -> None:
    with pytest.raises(InvalidUrl):
        check_url(url, allow_private=True)


@pytest.mark.parametrize("address", PUBLIC + PUBLIC_6)
def test_public_address_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_no_ipv6_form_that_embeds_an_ipv4_address_is_public(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    embeddings = [
        number,
        (0xFFFF << 32) + number,
        (0xFFFF << 48) + number,
        (0x0064FF9B << 96) + number,
        (0x2002 << 112) + (number << 80),
        (0x20010000 << 96) + (number ^ 0xFFFFFFFF),
        (0x2A00145040010000 << 64) + (0x5EFE << 32) + number,
        (0x2A00145040010000 << 64) + (0x0200_5EFE << 32) + number,
    ]
    assert not any(is_public(ipaddress.IPv6Address(embedding)) for embedding in embeddings)


@given(st.ip_addresses())
def test_public_is_never_wider_than_the_standard_library(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(address):
        assert address.is_global
        assert not any([address.is_private, address.is_multicast, address.is_reserved, address.is_link_local])


@given(
    host=st.text(alphabet="aZ019xü-_.。[]:@", min_size=1, max_size=12),
    tail=st.text(alphabet="/?#:@\\ %aü[]=&.\r\n", max_size=12),
)
def test_accepted_url_is_sent_to_the_host_that_was_checked(host: str, tail: str) -> None:
    url = f"https://{host}{tail}"
    try:
        check_url(url, allow_private=True)
    except InvalidUrl:
        return
    checked, sent = parse_url(url), urlsplit(Request("POST", url).prepare().url)
    assert checked.host is not None
    assert (sent.scheme, sent.username, sent.port) == ("https", None, checked.port)
    assert sent.hostname == checked.host.strip("[]")


def test_resolve_returns_every_address() -> None:
    resolver = FakeResolver(["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
    targets = resolve("example.com", 8443, allow_private=False, resolver=resolver)
    assert [(target.family, target.sockaddr) for target in targets] == [
        (socket.AF_INET, ("93.184.216.34", 8443)),
        (socket.AF_INET6, ("2606:2800:220:1:248:1893:25c8:1946", 8443, 0, 0)),
    ]


def test_localhost_is_blocked_by_its_address() -> None:
    with pytest.raises(BlockedAddress):
        resolve("localhost", 443, allow_private=False)


def test_other_notations_of_loopback_are_blocked() -> None:
    for host in ("127.1", "0x7f.1", "2130706433", "0177.0.0.1"):
        with pytest.raises(BlockedAddress):
            resolve(host, 443, allow_private=False)


@pytest.mark.parametrize("host", ["a..b", "a" * 64 + ".example"])
def test_name_that_cannot_be_looked_up_has_no_address(host: str) -> None:
    with pytest.raises(socket.gaierror):
        resolve(host, 443, allow_private=False)


def test_dns_error_is_raised_unchanged() -> None:
    def broken(*_args: object, **_hints: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    with pytest.raises(socket.gaierror, match="Temporary failure"):
        resolve("hooks.example.com", 443, allow_private=False, resolver=broken)


def test_blocked_address_is_not_disclosed() -> None:
    with pytest.raises(BlockedAddress) as error:
        resolve("internal.example.com", 443, allow_private=False, resolver=FakeResolver(["10.9.8.7"]))
    assert "10.9.8.7" not in str(error.value)


def test_blocked_address_is_not_a_connection_error() -> None:
    assert not issubclass(BlockedAddress, OSError)


def test_name_rebound_after_the_check_is_blocked_before_connecting(
    serve: Serve, make_sender: MakeSender, server_context: MakeContext
) -> None:
    server = serve(always(http_response()), server_context("hooks.example.com"))
    resolver = FakeResolver(["93.184.216.34"], ["127.0.0.1"])
    resolve("hooks.example.com", server.port, allow_private=False, resolver=resolver)

    url = f"https://hooks.example.com:{server.port}/"
    response = make_sender(allow_private=False, resolver=resolver).send(url, b"{}", {})

    assert (response.status, response.error, response.address) == (None, "blocked_address", None)
    assert response.error_detail == "The host name resolves to an address that is not public."
    assert server.connections == 0


def test_name_is_resolved_once_per_connection_so_that_nothing_can_change_after_the_check(
    serve: Serve, make_sender: MakeSender
) -> None:
    server = serve(always(http_response()))
    resolver = FakeResolver(["127.0.0.1"], ["127.0.0.2"])
    response = make_sender(resolver=resolver).send(server.url(), b"{}", {})
    assert response.address == f"127.0.0.1:{server.port}"
    assert len(resolver.lookups) == 1


def test_name_is_resolved_again_for_every_new_connection(serve: Serve, make_sender: MakeSender) -> None:
    server = serve(always(http_response()))
    resolver = FakeResolver(["127.0.0.1"])
    sender = make_sender(resolver=resolver, max_idle=0.0)
    for _ in range(2):
        sender.send(server.url(), b"{}", {})
    assert resolver.lookups == [("hooks.example.test", server.port)] * 2


def test_one_private_address_blocks_the_public_one_too(make_sender: MakeSender) -> None:
    response = make_sender(allow_private=False, resolver=FakeResolver(["93.184.216.34", "127.0.0.1"])).send(
        "https://hooks.example.com/", b"{}", {}
    )
    assert response.error == "blocked_address"
    assert response.timings.connect_ms is None


def test_http_url_saved_in_development_is_not_requested_in_production(serve: Serve, make_sender: MakeSender) -> None:
    server = serve(always(http_response()))
    response = make_sender(allow_private=False, resolver=FakeResolver(["93.184.216.34"])).send(server.url(), b"{}", {})
    assert (response.error, response.error_detail) == ("blocked_address", "The URL must start with https://.")
    assert server.connections == 0


def test_check_name_rejects_a_private_address_and_accepts_a_missing_one() -> None:
    private = FakeResolver(["93.184.216.34", "10.0.0.7"])
    with pytest.raises(InvalidUrl, match="not public"):
        check_name("https://hooks.shop.example/in", allow_private=False, resolver=private)
    check_name("https://hooks.shop.example/in", allow_private=False, resolver=FakeResolver(["93.184.216.34"]))
    check_name("https://hooks.shop.example/in", allow_private=False, resolver=FakeResolver([]))
