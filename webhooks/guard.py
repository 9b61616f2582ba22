"""Where a webhook may go: the rules for its URL and for every address that its host name has."""

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

MAX_URL_LENGTH = 2048

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[..., Iterable[tuple[Any, ...]]]

# Everything that hosts on the Internet are given today; tunnels and translations lie inside and outside.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Not for hosts on the Internet either, though `is_global` of one CPython release or another admits them.
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "2001::/23",  # IETF protocol assignments: Teredo, ORCHID, benchmarks
        "2002::/16",  # 6to4: carries an IPv4 address
        "3fff::/20",  # documentation
    )
)
_ISATAP_IDENTIFIERS = (0x00005EFE, 0x02005EFE)  # RFC 5214: the last 32 bits are an IPv4 address

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


class InvalidUrl(ValueError):  # noqa: N818 - it is what the URL is
    """The URL cannot be a webhook endpoint; the message is a sentence for the person who entered it."""


class BlockedAddress(Exception):  # noqa: N818 - an OSError or a name like one would invite a retry
    """The host name has an address that webhooks must not reach. Not an OSError, for HTTP libraries
    take those for a failed connection and may try the next address.
    """


class Target(NamedTuple):
    """A checked address, in the form that `socket.connect` takes."""

    family: int
    sockaddr: tuple[Any, ...]


def check_url(url: str, *, allow_private: bool) -> None:
    """Raise InvalidUrl unless a webhook endpoint may have this URL. `allow_private` is for
    development: it admits http, every port and private addresses.
    """
    _check_text(url, ("https://", "http://") if allow_private else ("https://",))
    parts = _split(url)
    _check_host(parts.host or "", allow_private)
    _check_port(parts.port, allow_private)


def resolve(host: str, port: int, *, allow_private: bool, resolver: Resolver = socket.getaddrinfo) -> list[Target]:
    """Every address of the host, all of them checked. One that is not public blocks them all
    (BlockedAddress), or an attacker would list it beside a public one. A host without an address
    raises socket.gaierror.
    """
    try:
        answers = list(resolver(host.strip("[]"), port, type=socket.SOCK_STREAM))
    except UnicodeError:
        answers = []
    if not answers:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    targets = [Target(family, sockaddr) for family, _type, _protocol, _name, sockaddr in answers]
    if not allow_private and not all(_is_public_text(str(target.sockaddr[0])) for target in targets):
        raise BlockedAddress("The host name has an address that is not public.")
    return targets


def check_name(url: str, *, allow_private: bool, resolver: Resolver = socket.getaddrinfo) -> None:
    """Looks where a well-formed URL leads now, so that a dealer hears of it when saving. Raises InvalidUrl for a name
    with an address that is not public; a name without any may get one until the first delivery.
    """
    parts = _split(url)
    try:
        resolve(parts.host or "", parts.port or 443, allow_private=allow_private, resolver=resolver)
    except BlockedAddress:
        raise InvalidUrl("The host name leads to an address that is not public.") from None
    except OSError:
        return


def is_public(ip: IPAddress) -> bool:
    """Whether the address belongs to a host on the Internet: none that is private, local, reserved,
    for documentation or multicast, and no IPv6 form that carries an IPv4 address.
    """
    if ip.version == 6 and (ip not in _GLOBAL_UNICAST or int(ip) >> 32 & 0xFFFFFFFF in _ISATAP_IDENTIFIERS):
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _SPECIAL)


def _check_text(url: str, schemes: tuple[str, ...]) -> None:
    if len(url) > MAX_URL_LENGTH:
        raise InvalidUrl(f"The URL is longer than {MAX_URL_LENGTH} characters.")
    if not url.isprintable() or " " in url or "\\" in url:
        raise InvalidUrl("The URL contains a space, a line break, a backslash or an invisible character.")
    if not url.lower().startswith(schemes):
        raise InvalidUrl(f"The URL must start with {' or '.join(schemes)}.")
    if "#" in url:
        raise InvalidUrl("The URL must not have a fragment (the part after #).")
    if "@" in re.split("[/?]", url, maxsplit=3)[2]:
        raise InvalidUrl("The URL must not contain a user name or password: verify the signature instead.")


def _split(url: str) -> Url:
    try:
        return parse_url(url)  # what requests splits it with: there is no second opinion to exploit
    except LocationParseError:
        raise InvalidUrl("The URL has no valid host name or port.") from None


def _check_host(host: str, allow_private: bool) -> None:
    ip = _literal(host)
    if "%" in host or (ip is None and not _is_name(host)):
        raise InvalidUrl("The URL has no valid host name.")
    if ip is not None and not allow_private and not is_public(ip):
        raise InvalidUrl("The address in the URL is not public.")


def _check_port(port: int | None, allow_private: bool) -> None:
    if port is None or port == 443 or 1024 <= port <= 65535 or (allow_private and 1 <= port <= 65535):
        return
    raise InvalidUrl("The port must be 443 or between 1024 and 65535.")


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _is_name(host: str) -> bool:
    """Names end in a label that is not a number: else C libraries read an IPv4 address out of them,
    such as 2130706433, 0x7f.1 or 0177.0.0.1.
    """
    labels = host.removesuffix(".").split(".")
    is_spelled_well = len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
    return is_spelled_well and not _NUMBER.fullmatch(labels[-1])


def _is_public_text(address: str) -> bool:
    ip = _literal(address.partition("%")[0])  # the zone of a link-local address follows the sign
    return ip is not None and is_public(ip)
