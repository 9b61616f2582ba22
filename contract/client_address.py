"""Client address and scheme behind trusted reverse proxies.

Proxies report them in the headers X-Forwarded-For and X-Forwarded-Proto.
"""

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from starlette.types import ASGIApp, Receive, Scope, Send

from models.network_address import Address, parse_address

MAX_HOPS = 100  # entries of X-Forwarded-For that are read, from the right
WITH_PORT = re.compile(r"\[([^\]]+)\](?::\d{1,5})?|([\d.]+):\d{1,5}")

Networks = Sequence[IPv4Network | IPv6Network]


class ClientAddressMiddleware:
    """Replaces the address and scheme of a trusted proxy by those of its client.

    Each proxy appends the address of its peer to X-Forwarded-For, so the client is the address nearest to the right
    end that is not a trusted proxy. A client can put any text to the left of it. Headers of other peers are ignored.
    """

    def __init__(self, app: ASGIApp, trusted: Networks) -> None:
        self.app = app
        self.trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        peer = _parse(scope["client"][0]) if scope["type"] == "http" and scope.get("client") else None
        if peer is not None and _is_trusted(peer, self.trusted):
            client = _find_client(scope, peer, self.trusted)
            address = scope["client"] if client == peer else (str(client), 0)
            scope = {**scope, "client": address, "scheme": _find_scheme(scope)}
        await self.app(scope, receive, send)


def find_client_address(scope: Scope, trusted: Networks) -> str:
    """Return the address that ClientAddressMiddleware finds, "" for a Unix socket."""
    address: str = scope["client"][0] if scope.get("client") else ""
    peer = _parse(address) if trusted else None
    if peer is None or not _is_trusted(peer, trusted):
        return address
    return str(_find_client(scope, peer, trusted))


def _find_client(scope: Scope, peer: Address, trusted: Networks) -> Address:
    """The nearest hop that is not trusted.

    A malformed entry ends the list: its client is then the proxy that passed it on.
    """
    client = peer
    for entry in _entries(scope, b"x-forwarded-for"):
        hop = _parse(entry)
        if hop is None:
            return client
        client = hop
        if not _is_trusted(hop, trusted):
            return client
    return client


def _is_trusted(address: Address, trusted: Networks) -> bool:
    return any(address in network for network in trusted)


def _find_scheme(scope: Scope) -> str:
    scheme = next(_entries(scope, b"x-forwarded-proto"), "").lower()
    return scheme if scheme in ("http", "https") else str(scope["scheme"])


def _entries(scope: Scope, header: bytes) -> Iterator[str]:
    """Yield the entries of a list header from the right, without empty ones."""
    combined = b",".join(value for name, value in scope["headers"] if name == header).decode("latin-1")
    entries = combined.rsplit(",", MAX_HOPS)[-MAX_HOPS:]
    return (entry.strip() for entry in reversed(entries) if entry.strip())


def _parse(text: str) -> Address | None:
    """Parse an address with or without port; return None for other text."""
    with_port = WITH_PORT.fullmatch(text)
    return parse_address(with_port[1] or with_port[2] if with_port else text)
