"""SSRF protection: rules for webhook URLs and the addresses of their hosts."""

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

# The only IPv6 unicast space that IANA has assigned. It excludes translation prefixes such as 64:ff9b::/96, but not the
# tunnel prefixes listed below.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Not public, although `is_global` accepts them in some CPython releases.
_SPECIAL_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's wire server, which gives virtual machines their configuration
        "192.0.0.0/24",  # IETF protocol assignments; Oracle Cloud's metadata service
        "192.88.99.0/24",  # 6to4 relays
        "2001::/23",  # IETF protocol assignments: Teredo, ORCHID, benchmarking
        "2002::/16",  # 6to4: carries an IPv4 address
        "3fff::/20",  # documentation
    )
)
# Domains that no public name can be in. They come from the registry of special-use domain names (RFC 6761, 6762, 7686,
# 8375, 9476) and from ICANN's reservation of .internal. All of .arpa serves the infrastructure of the DNS.
_PRIVATE_DOMAINS = ("localhost", "local", "internal", "home.arpa", "arpa", "test", "example", "invalid", "onion", "alt")
_ISATAP_IDENTIFIERS = (0x00005EFE, 0x02005EFE)  # RFC 5214: the last 32 bits are an IPv4 address

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)


class InvalidUrl(ValueError):  # noqa: N818 - named like requests' InvalidURL, which it stands for
    """The URL cannot be a webhook endpoint.

    The message is a sentence for the person who entered the URL.
    """


class BlockedAddress(Exception):  # noqa: N818 - named after the error class `blocked_address`
    """The host name resolves to an address that webhooks must not reach.

    Not an OSError: HTTP libraries take those for a failed connection and may try the next address.
    """


class Target(NamedTuple):
    """A checked address, in the form that `socket.connect` takes."""

    family: int
    sockaddr: tuple[Any, ...]


def check_url(url: str, *, allow_private: bool) -> None:
    """Raise InvalidUrl unless a webhook endpoint may have this URL.

    `allow_private` is for development: it also allows http, every port and private addresses.
    """
    _check_text(url, ("https://", "http://") if allow_private else ("https://",))
    parts = _split(url)
    _check_host(parts.host or "", allow_private)
    _check_port(parts.port, allow_private)


def resolve(host: str, port: int, *, allow_private: bool, resolver: Resolver = socket.getaddrinfo) -> list[Target]:
    """Resolve the host once and check every address.

    Raises BlockedAddress if any address is not public: an attacker could list one next to a public one. Raises
    socket.gaierror if the host has no address.
    """
    try:
        records = list(resolver(host.strip("[]"), port, type=socket.SOCK_STREAM))
    except UnicodeError:
        records = []
    if not records:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    targets = [Target(family, sockaddr) for family, _type, _protocol, _name, sockaddr in records]
    if not allow_private and not all(_is_public_address(str(target.sockaddr[0])) for target in targets):
        raise BlockedAddress("The host name resolves to an address that is not public.")
    return targets


def check_name(url: str, *, allow_private: bool, resolver: Resolver = socket.getaddrinfo) -> None:
    """Resolve the host of a valid URL to find problems when a dealer saves it.

    Raises InvalidUrl for a name with an address that is not public. A name without an address passes: it may get one
    before the first delivery.
    """
    parts = _split(url)
    try:
        resolve(parts.host or "", parts.port or 443, allow_private=allow_private, resolver=resolver)
    except BlockedAddress:
        raise InvalidUrl(
            "The host name resolves to an address that is not public: give one that is reachable from the Internet."
        ) from None
    except OSError:
        return


def is_public(ip: IPAddress) -> bool:
    """Return True for a global unicast address.

    Return False for private, local, reserved, documentation and multicast addresses, and for IPv6 forms that embed an
    IPv4 address.
    """
    if ip.version == 6 and (ip not in _GLOBAL_UNICAST or int(ip) >> 32 & 0xFFFFFFFF in _ISATAP_IDENTIFIERS):
        return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _SPECIAL_NETWORKS)


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
        return parse_url(url)  # the parser that requests uses: two parsers could disagree about the host
    except LocationParseError:
        raise InvalidUrl("The URL has no valid host name or port.") from None


def _check_host(host: str, allow_private: bool) -> None:
    ip = _parse_address(host)
    if "%" in host or (ip is None and not _is_name(host)):
        raise InvalidUrl("The URL has no valid host name.")
    if allow_private:
        return
    if ip is None:
        _check_public_name(host.removesuffix("."))
    elif not is_public(ip):
        raise InvalidUrl("The address in the URL is not public: webhooks need a public one.")


def _check_public_name(host: str) -> None:
    for domain in _PRIVATE_DOMAINS:
        if f".{host}".endswith(f".{domain}"):
            raise InvalidUrl(f"The domain .{domain} is never public: give a host name that the Internet can resolve.")
    if "." not in host:
        raise InvalidUrl("The host name has no domain: give a full one such as hooks.example.com.")


def _check_port(port: int | None, allow_private: bool) -> None:
    if port is None or port == 443 or 1024 <= port <= 65535 or (allow_private and 1 <= port <= 65535):
        return
    raise InvalidUrl("The port must be 443 or between 1024 and 65535.")


def _parse_address(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _is_name(host: str) -> bool:
    """Check the syntax of a host name.

    The last label must not be a number: C libraries read 2130706433, 0x7f.1 or 0177.0.0.1 as IPv4 addresses.
    """
    labels = host.removesuffix(".").split(".")
    is_well_formed = len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
    return is_well_formed and not _NUMBER.fullmatch(labels[-1])


def _is_public_address(address: str) -> bool:
    ip = _parse_address(address.partition("%")[0])  # the zone of a link-local address follows the percent sign
    return ip is not None and is_public(ip)
