"""Fixtures of the API's tests: hubs and integrations with special settings."""

import secrets
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

import config
from app import create_app
from contract.client_address import ClientAddressMiddleware
from contract.connection_limits import ConnectionLimits
from models.accounts.integration import Integration
from tests.cast import Cast
from tests.hub import Server, serve_app


@pytest.fixture
def unmetered(cast: Cast) -> None:
    """A rate limit that no test can reach."""
    assert cast
    Integration.update(rate_limit=1_000_000).execute()


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A hub that locks an address out after ten wrong keys, as in production.

    It trusts proxies on loopback, and expects a head within 0.2 s.
    """
    default, config.AUTH_FAILURES_PER_MINUTE = config.AUTH_FAILURES_PER_MINUTE, 10
    limits = ConnectionLimits(head_seconds=0.2, scan_seconds=0.02)
    try:
        with serve_app(ClientAddressMiddleware(create_app(), [ip_network("127.0.0.0/8")]), limits=limits) as server:
            yield server
    finally:
        config.AUTH_FAILURES_PER_MINUTE = default


@pytest.fixture
def address() -> str:
    """A loopback address that no test has used before; Redis remembers callers across runs."""
    return f"127.{1 + secrets.randbelow(250)}.{secrets.randbelow(250)}.{1 + secrets.randbelow(250)}"
