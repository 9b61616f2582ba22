"""Parsers for the values of settings.

Each one raises ValueError with a message that completes `Invalid WTH_NAME=value: …`.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.policy import SMTP
from importlib import import_module
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from dotenv import dotenv_values

ROOT = Path(__file__).parent.parent

INVALID_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")  # libpq rejects both, in a message with the password
POSTGRES_SERVERS = re.compile(r"(?P<start>postgresql://([^/?#]*@)?)(?P<hosts>[^/?#@]*)(?P<rest>.*)", re.DOTALL)

REDIS_PARAMETERS = {
    "protocol", "socket_connect_timeout", "socket_timeout", "ssl_ca_certs", "ssl_cert_reqs", "ssl_certfile",
    "ssl_check_hostname", "ssl_keyfile",
}  # fmt: skip

LONGEST_LABEL = 63  # between two dots of a host (RFC 1035)

T = TypeVar("T")


@dataclass(frozen=True)
class Setting:
    """One row of docs/settings.md."""

    name: str
    default: str
    meaning: str


SETTINGS: list[Setting] = []
_environment: dict[str, str | None] = {**dotenv_values(ROOT / ".env"), **os.environ}


def environment() -> dict[str, str | None]:
    """Return the environment variables, with those of the file `.env`."""
    return _environment


def unknown_names() -> list[str]:
    """List environment variables with the prefix WTH_ that are not settings."""
    return sorted({name for name in _environment if name.startswith("WTH_")} - {setting.name for setting in SETTINGS})


def read_setting(name: str, default: str, parse: Callable[[str], T], meaning: str, *, may_be_shown: bool = True) -> T:
    """Declare a setting and return its parsed value.

    `may_be_shown` is False for a value that may contain a password: the error then does not repeat it. Raises
    SystemExit with a message for an invalid value.
    """
    SETTINGS.append(Setting(name, default, meaning))
    value = _environment.get(name)
    text = value.strip() if value else default
    try:
        return parse(text)
    except ValueError as error:
        assignment = f"{name}={text!r}" if may_be_shown else name
        raise SystemExit(f"Invalid {assignment}: {error}. {meaning}") from None


def whole_number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return parse


def switch(text: str) -> bool:
    if text.lower() not in {"0", "1", "true", "false", "yes", "no"}:
        raise ValueError("must be 1 or 0")
    return text.lower() in {"1", "true", "yes"}


def one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text

    return parse


def url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        parts = split_url(text)
        if parts.scheme not in schemes or not (parts.netloc or parts.path.strip("/")):
            raise ValueError(f"must be a URL that starts with {' or '.join(f'{s}://' for s in schemes)}")
        if any(character.isspace() for character in text) or not _has_valid_port(parts):
            raise ValueError("must be a URL without spaces and with a port from 1 to 65535")
        if INVALID_ESCAPE.search(text):
            raise ValueError("must be a URL; write % as %25, also in a password")
        return text.rstrip("/")

    return parse


def split_url(text: str) -> SplitResult:
    """Split a URL. The error repeats no part of it, because that may be a password."""
    try:
        return urlsplit(text)
    except ValueError:
        raise ValueError("must be a URL with a valid host; percent-encode other characters in a password") from None


def _has_valid_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:  # do not show its message: it repeats a part of the URL, perhaps of a password
        return False


def database_url(text: str) -> str:
    """Parse a database URL.

    `postgres://`, as some hosters write it, becomes `postgresql://`, the only scheme that peewee knows. A URL of
    PostgreSQL may name several servers, as in postgresql://first:5432,second:5433/hub.
    """
    value = re.sub(r"^postgres://", "postgresql://", text)
    servers = POSTGRES_SERVERS.fullmatch(value)
    if servers is None:
        return _absolute_file(url("sqlite", "postgresql")(value))
    for server in servers["hosts"].split(","):
        url("postgresql")(f"{servers['start']}{server}{servers['rest']}")
    return value.rstrip("/")


def queue_url(text: str) -> str:
    value = _absolute_file(url("sqlite", "redis", "rediss")(text))
    number = urlsplit(value).path.removeprefix("/")
    if not value.startswith("sqlite:") and number and not (number.isascii() and number.isdecimal()):
        raise ValueError("must name a Redis database by its number, as in redis://host:6379/0")
    if not value.startswith("sqlite:"):
        _validate_redis_parameters(value)
    return value


def _validate_redis_parameters(value: str) -> None:
    """Reject what redis-py would reject at the first connection, or ignore."""
    parts = split_url(value)
    parameters = parse_qsl(parts.query, keep_blank_values=True)
    if parts.fragment or not {name for name, _ in parameters} <= REDIS_PARAMETERS:
        raise ValueError(f"must have no other parameters than {', '.join(sorted(REDIS_PARAMETERS))}; write # as %23")
    try:
        import_module("redis.connection").parse_url(value)  # imported by hubs that use Redis only
    except ValueError:
        raise ValueError("must have numbers as timeouts, and true or false for switches") from None


def rate_limit_url(text: str) -> str:
    return text if text in ("", "memory://") else queue_url(text)


def smtp_url(text: str) -> str:
    """Parse the URL of a mail server: host, port, user and password."""
    if not text:
        return text
    parts = split_url(url("smtp", "smtps")(text))
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must name a host and no path; write / as %2F, ? as %3F and # as %23 in a password")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("must have both user and password, or neither")
    if not unquote(parts.netloc).isascii() or max(map(len, parts.hostname.split("."))) > LONGEST_LABEL:
        raise ValueError("must have user, password and host of ASCII characters, as smtplib supports no others")
    return text.rstrip("/")


def mail_sender(text: str) -> str:
    """Parse the sender of mails: one address, perhaps with a name."""
    if not text:
        return text
    header = SMTP.header_factory("From", text) if text.isprintable() else None
    is_address = header and not header.defects and len(header.addresses) == 1 and header.addresses[0].domain
    if not is_address:
        raise ValueError("must be one email address, such as hub@example.com or WatchTraderHub <hub@example.com>")
    return text


def _absolute_file(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme == "sqlite" and (parts.netloc or not parts.path.startswith("/")):
        raise ValueError("must name a SQLite file with three slashes and its absolute path: sqlite:///srv/hub/hub.db")
    return value


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Parse IP addresses and networks, separated by commas.

    A network of all addresses, such as *, is rejected: a client could then choose the address that the hub sees.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return tuple(_network(part) for part in parts)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        network = ip_network("::/0" if text == "*" else text)
    except ValueError:
        raise ValueError(f"{text!r} is not an address or network such as 127.0.0.1 or 10.0.0.0/8") from None
    if network.prefixlen == 0:
        raise ValueError(f"{text!r} trusts every client: name only the addresses of your proxies, such as 127.0.0.1")
    return network


def origin(text: str) -> str:
    value = url("http", "https")(text)
    if urlsplit(value).path or urlsplit(value).query or "@" in urlsplit(value).netloc:
        raise ValueError("must be scheme, host and port only, such as https://hub.example.com")
    return value


def secret(text: str) -> str:
    if text and len(text) < 32:
        raise ValueError("must have at least 32 characters, for instance from `openssl rand -hex 32`")
    return text


def secret_list(text: str) -> tuple[str, ...]:
    return tuple(secret(part) for part in map(str.strip, text.split(",")) if part)


def optional_file(text: str) -> Path | None:
    return Path(text).expanduser().absolute() if text else None


def folder(text: str) -> Path:
    path = ROOT / "var" if text == "var" else Path(text).expanduser()
    if path.exists() and not path.is_dir():
        raise ValueError("must be a folder, but a file has this name")
    return path.absolute()
