"""Receivers on loopback and senders that find them, both closed after the test."""

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme

from tests.webhooks.receiver import Names, Receiver, Script
from webhooks.send import Sender


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA) -> Callable[[], ssl.SSLContext]:
    """Makes contexts for a sender that trusts the authority of these tests."""

    def make() -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authority.configure_trust(context)
        return context

    return make


@pytest.fixture
def certified(authority: trustme.CA) -> Callable[..., ssl.SSLContext]:
    """Makes contexts for a receiver that has a certificate for these names."""

    def make(*names: str, **options: Any) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names, **options).configure_cert(context)
        return context

    return make


@pytest.fixture
def serve() -> Iterator[Callable[..., Receiver]]:
    receivers: list[Receiver] = []

    def start(script: Script, tls: ssl.SSLContext | None = None) -> Receiver:
        receivers.append(Receiver(script, tls))
        return receivers[-1]

    yield start
    for receiver in receivers:
        receiver.close()


@pytest.fixture
def make_sender(trusting: Callable[[], ssl.SSLContext]) -> Iterator[Callable[..., Sender]]:
    senders: list[Sender] = []

    def make(**settings: Any) -> Sender:
        defaults = {
            "allow_private": True,
            "resolver": Names(["127.0.0.1"]),
            "ssl_context": trusting(),
            "total_timeout": 5.0,
        }
        senders.append(Sender(**{**defaults, **settings}))
        return senders[-1]

    yield make
    for sender in senders:
        sender.close()


@pytest.fixture
def sender(make_sender: Callable[..., Sender]) -> Sender:
    return make_sender()
