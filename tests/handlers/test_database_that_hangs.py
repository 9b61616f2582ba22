"""A PostgreSQL server that accepts connections and says nothing: 503 within seconds, and recovery on its return."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

import config
from models import postgres, postgres_server
from models.database import db
from tests.cast import Cast
from tests.client import Client
from tests.hub import Server
from tests.journeys.processes import eventually
from tests.proxy import Proxy, between

pytestmark = pytest.mark.skipif(config.is_sqlite(), reason="SQLite has no server that could hang")


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """The way of the hub to its database; the test's own connection does not pass it."""
    assert isinstance(db, postgres.Postgres)
    for name, seconds in {"SUSPECT_AFTER_SECONDS": 0.1, "PROBE_SECONDS": 0.2, "PROBE_INTERVAL_SECONDS": 0.05}.items():
        monkeypatch.setattr(postgres_server, name, seconds)
    with between(config.DATABASE_URL) as (proxy, url):
        monkeypatch.setattr(db, "servers", postgres_server.list_servers(url))
        db.close_idle()
        yield proxy
    db.close_idle()


def status_and_seconds(api: Client, path: str) -> tuple[int, float]:
    started_at = time.monotonic()
    return api.get(path).status_code, time.monotonic() - started_at


def open_connections(threads: ThreadPoolExecutor, count: int) -> None:
    """Fill the pool: each thread holds a connection until all have one."""
    everybody = threading.Barrier(count)

    def hold(_: int) -> None:
        with db.connection_context():
            everybody.wait(10)

    list(threads.map(hold, range(count)))


@pytest.mark.parametrize("kind", ["busy", "idle", "new"])
def test_requests_get_503_soon_and_succeed_again_after_the_hang(
    server: Server, api: Client, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Whether the connections were used a moment ago, are probed because they were idle, or are opened."""
    if kind == "idle":
        monkeypatch.setattr(postgres, "PROBE_AFTER_IDLE_SECONDS", 0)

    def request(_: int) -> tuple[int, float]:
        return status_and_seconds(api, "/me")

    with ThreadPoolExecutor(24) as clients:
        if kind != "new":
            open_connections(clients, 24)  # or a request would open one, which takes longer to fail
            assert {status for status, _ in clients.map(request, range(24))} == {200}
        proxy.hang()
        responses = list(clients.map(request, range(24)))
        assert {status for status, _ in responses} == {503}
        assert max(seconds for _, seconds in responses) < (3.0 if kind == "new" else 1.5)
        assert status_and_seconds(api, "/customers")[1] < 0.5, "nobody waits for a server known to hang"
        assert requests.get(f"{server.site}/sign-in", timeout=5).status_code in (200, 503)
        proxy.resume()
        eventually(lambda: api.get("/me").status_code == 200, 3)
        assert {status for status, _ in clients.map(request, range(24))} == {200}


def test_lost_connections_cost_one_probe(api: Client, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(24) as clients:
        assert set(clients.map(lambda _: api.get("/me").status_code, range(24))) == {200}
        monkeypatch.setattr(postgres, "PROBE_AFTER_IDLE_SECONDS", 0)
        proxy.silence()
        responses = list(clients.map(lambda _: status_and_seconds(api, "/me"), range(24)))
    assert {status for status, _ in responses} == {200}
    assert max(seconds for _, seconds in responses) < 1.5


def test_long_statement_of_a_server_that_responds_is_not_ended(cast: Cast, proxy: Proxy) -> None:
    started_at = time.monotonic()
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(_sleep_in_database, 0.8).result() == 1
    assert time.monotonic() - started_at > 0.8


def _sleep_in_database(seconds: float) -> int:
    with db.connection_context():
        return int(db.execute_sql("SELECT 1 FROM pg_sleep(%s)", (seconds,)).fetchone()[0])
