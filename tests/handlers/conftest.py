"""Fixtures of the API's tests: hubs and integrations with settings of their own."""

import secrets
from collections.abc import Iterator

import pytest

import config
from models.accounts.integration import Integration
from tests.cast import Cast
from tests.hub import Server, serve_app


@pytest.fixture
def unmetered(cast: Cast) -> None:
    """No rate limit that a test could reach."""
    assert cast
    Integration.update(rate_limit=1_000_000).execute()


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """A hub that locks an address out after ten failures, as hubs do outside of tests."""
    usual, config.AUTH_FAILURES_PER_MINUTE = config.AUTH_FAILURES_PER_MINUTE, 10
    try:
        with serve_app() as server:
            yield server
    finally:
        config.AUTH_FAILURES_PER_MINUTE = usual


@pytest.fixture
def address() -> str:
    """A loopback address that no test has called from before; Redis remembers callers across runs."""
    return f"127.{1 + secrets.randbelow(250)}.{secrets.randbelow(250)}.{1 + secrets.randbelow(250)}"
