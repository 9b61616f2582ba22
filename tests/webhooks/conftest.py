"""Servers on loopback and senders that reach them, both closed after the test."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme

from tests.webhooks.raw_server import FakeResolver, RawServer, Script
from webhooks.send import Sender

Serve = Callable[..., RawServer]
MakeSender = Callable[..., Sender]
MakeContext = Callable[..., ssl.SSLContext]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def client_context(authority: trustme.CA) -> Callable[[], ssl.SSLContext]:
    """Make TLS contexts for a sender that trusts the authority of these tests."""

    def make() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authority.configure_trust(context)
        return context

    return make


@pytest.fixture
def server_context(authority: trustme.CA) -> MakeContext:
    """Make TLS contexts for a server with a certificate for these names."""

    def make(*names: str, **options: Any) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names, **options).configure_cert(context)
        return context

    return make


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[RawServer] = []

    def start(script: Script, tls: ssl.SSLContext | None = None) -> RawServer:
        servers.append(RawServer(script, tls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def make_sender(client_context: Callable[[], ssl.SSLContext]) -> Iterator[MakeSender]:
    senders: list[Sender] = []

    def make(**settings: Any) -> Sender:
        defaults = {
            "allow_private": True,
            "resolver": FakeResolver(["127.0.0.1"]),
            "ssl_context": client_context(),
            "total_timeout": 5.0,
        }
        senders.append(Sender(**{**defaults, **settings}))
        return senders[-1]

    yield make
    for sender in senders:
        sender.close()


@pytest.fixture
def sender(make_sender: MakeSender) -> Sender:
    return make_sender()
