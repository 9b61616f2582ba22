"""Fixtures of the API's tests: hubs and integrations with special settings."""

import secrets
from collections.abc import Iterator

import pytest

import config
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
    """A hub that locks an address out after ten failures, as in production."""
    default, config.AUTH_FAILURES_PER_MINUTE = config.AUTH_FAILURES_PER_MINUTE, 10
    try:
        with serve_app() as server:
            yield server
    finally:
        config.AUTH_FAILURES_PER_MINUTE = default


@pytest.fixture
def address() -> str:
    """A loopback address that no test has used before; Redis remembers callers across runs."""
    return f"127.{1 + secrets.randbelow(250)}.{secrets.randbelow(250)}.{1 + secrets.randbelow(250)}"
