"""Health checks: they need no key and have no limit, so many at once must cost the database little."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from models.database import db
from tests.client import Client
from tests.handlers.source_address import client_from
from tests.hub import Server

ADDRESSES = [f"127.0.4.{number}" for number in range(1, 25)]
TIMEOUT_SECONDS = 20


def test_checks_at_the_same_time_ask_the_database_once(
    api: Client, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    pings: list[str] = []
    is_asked, may_respond = threading.Event(), threading.Event()
    execute: Any = db.execute_sql

    def execute_slowly(sql: str, *arguments: Any) -> Any:
        if sql == "SELECT 1":
            pings.append(sql)
            is_asked.set()
            may_respond.wait(TIMEOUT_SECONDS)
        return execute(sql, *arguments)

    monkeypatch.setattr(db, "execute_sql", execute_slowly)
    clients = [client_from(server, None, address) for address in ADDRESSES]
    with ThreadPoolExecutor(len(clients)) as pool:
        checks = [pool.submit(client.get, "/health") for client in clients]
        assert is_asked.wait(TIMEOUT_SECONDS)
        for _ in ADDRESSES:  # each response shows that the hub has read the requests that were sent before
            assert api.get("/me").status_code == 200
        may_respond.set()
        responses = [check.result(TIMEOUT_SECONDS) for check in checks]
    assert {(response.status_code, response.text) for response in responses} == {
        (200, '{"object":"health","status":"ok"}')
    }
    assert len(pings) < len(ADDRESSES) / 2


def test_a_check_after_another_asks_the_database_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(server.url, None)
    assert client.get("/health").status_code == 200

    def fail(sql: str, *arguments: Any) -> Any:
        raise TimeoutError if sql == "SELECT 1" else AssertionError(sql)

    with monkeypatch.context() as patch:
        patch.setattr(db, "execute_sql", fail)
        assert client.get("/health").status_code == 503
    assert client.get("/health").status_code == 200
