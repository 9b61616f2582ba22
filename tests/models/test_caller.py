"""The callers that a process remembers, and what makes it look them up again."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import psycopg
import pytest

import config
from models import quick_read
from models.accounts.api_key import ApiKey
from models.accounts.caller import Caller
from models.accounts.integration import Integration
from models.database import db
from tests.cast import Cast
from tests.client import Client
from tests.journeys.processes import eventually

MAX_SECONDS = 1.5  # on PostgreSQL, until a change by another process counts; a second plus the time of a request


def execute_elsewhere(sql: str) -> None:
    """Execute a statement on a connection that the hub knows nothing of, as another process has one."""
    if config.is_sqlite():
        with closing(sqlite3.connect(config.sqlite_path(config.DATABASE_URL))) as connection, connection:
            connection.execute(sql)
    else:
        with psycopg.connect(config.DATABASE_URL) as other:
            other.execute(sql)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda cast: ApiKey.generate(cast.owner.dealer, is_test=True), 401),
        (lambda cast: Integration.of(cast.owner.dealer).switch(is_enabled=False), 403),
        (lambda _: db.execute_sql("UPDATE api_key SET hash = hash || '-replaced'"), 401),
        (lambda _: db.execute_sql("UPDATE dealer SET tier = 'starter'"), 403),
    ],
    ids=["regenerated", "disabled", "replaced", "downgraded"],
)
def test_change_in_this_process_counts_at_once(
    cast: Cast, api: Client, change: Callable[[Cast], object], status: int
) -> None:
    assert [api.get("/me").status_code for _ in range(3)] == [200, 200, 200]
    change(cast)
    assert api.get("/me").status_code == status


@pytest.mark.parametrize(
    ("sql", "status"),
    [
        ("UPDATE api_key SET hash = hash || '-replaced'", 401),
        ("UPDATE integration SET is_enabled = false", 403),
    ],
)
def test_change_in_another_process_counts_soon(cast: Cast, api: Client, sql: str, status: int) -> None:
    assert api.get("/me").status_code == 200
    execute_elsewhere(sql)
    if config.is_sqlite():
        assert api.get("/me").status_code == status
    else:
        eventually(lambda: api.get("/me").status_code == status, seconds=MAX_SECONDS)


@pytest.mark.skipif(config.is_sqlite(), reason="on SQLite the event loop remembers callers, not this thread")
def test_remembered_caller_is_the_one_in_the_database(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_read, "MAX_AGE_SECONDS", float("inf"))
    found = [Caller.find(cast.owner.test_key) for _ in range(2)]
    remembered = Caller.find_in_memory(cast.owner.test_key)
    assert remembered == found[1]
    db.execute_sql("UPDATE integration SET rate_limit = rate_limit + 1")
    assert Caller.find_in_memory(cast.owner.test_key) is None
    assert Caller.find(cast.owner.test_key).rate_limit == found[0].rate_limit + 1
