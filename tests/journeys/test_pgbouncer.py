"""A hub whose connections pass PgBouncer in transaction mode: each transaction may use another session."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from urllib.parse import urlsplit

import psycopg
import pytest

import config
from models.database import DatabaseUnavailable, connection, db
from models.postgres import Postgres
from models.postgres_server import list_servers
from tests.cast import Cast
from tests.client import Client, error_of
from tests.conftest import POSTGRES
from tests.hub import Server
from tests.journeys.processes import WTH, running, serving
from tests.ports import free_port
from tests.postgres_programs import database, pgbouncer
from tests.proxy import between
from tests.receiver import Receiver

pytestmark = pytest.mark.skipif(config.is_sqlite(), reason="PgBouncer is for PostgreSQL")
COUNT_LOCKS = """
SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database
WHERE locktype = 'advisory' AND datname = current_database()
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with pgbouncer() as port:
        yield port


def through(port: int, url: str = config.DATABASE_URL) -> str:
    return f"postgresql://hub@127.0.0.1:{port}{urlsplit(url).path}"


@pytest.fixture(params=["direct", "pooled"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, port: int) -> Iterator[str]:
    """The way of the hub's threads to the database. The test's own connection is direct."""
    url = config.DATABASE_URL if request.param == "direct" else through(port)
    monkeypatch.setattr(db, "servers", list_servers(url))
    hub_pool().close_idle()
    yield request.param
    hub_pool().close_idle()


def hub_pool() -> Postgres:
    assert isinstance(db, Postgres)
    return db


def run(*arguments: str, url: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(WTH), *arguments]
    return subprocess.run(command, env={**os.environ, "WTH_DATABASE_URL": url}, capture_output=True, text=True)


def test_orders_of_parallel_buyers_are_delivered_once(cast: Cast, receiver: Receiver, port: int) -> None:
    cast.owner.endpoint(receiver.url, events=["order.*"])
    watches = cast.owner.listings(24)
    url = through(port)
    with (
        serving("web", port=free_port(), WTH_DATABASE_URL=url) as (_, server),
        running("worker", WTH_DATABASE_URL=url),
        ThreadPoolExecutor(12) as buyers,
    ):
        api = Client(server.url, cast.owner.test_key)
        responses = list(buyers.map(lambda watch: api.order(watch.id), watches))
        assert {response.status_code for response in responses} == {201}
        receiver.wait_for(len(watches))
        pages = list(buyers.map(lambda _: api.get("/listings", limit=100).status_code, range(40)))
        assert set(pages) == {200}
    assert sorted(receiver.events) == ["order.received"] * len(watches)
    sequences = sorted(delivered.event["sequence"] for delivered in receiver.deliveries)
    assert len(set(sequences)) == len(watches)


def test_parallel_migrations_wait_for_each_other_and_leave_no_lock(port: int) -> None:
    with database() as url, ThreadPoolExecutor(3) as operators:
        results = list(operators.map(lambda _: run("migrate", url=through(port, url)), range(3)))
        assert [result.returncode for result in results] == [0, 0, 0], [result.stderr for result in results]
        assert sorted("Applied" in result.stdout for result in results) == [False, False, True]
        assert run("migrate", "--plan", url=through(port, url)).stdout == "No pending migrations.\n"
        with psycopg.connect(url) as server:
            assert server.execute(COUNT_LOCKS).fetchone() == (0,)


def test_check_passes(port: int) -> None:
    result = run("check", url=through(port))
    assert result.returncode == 0, result.stdout


def test_search_path_that_pgbouncer_drops_is_reported() -> None:
    with pgbouncer("ignore_startup_parameters = options") as port, database() as url:
        result = run("migrate", url=f"{through(port, url)}?options=-csearch_path%3Dhub")
        assert result.returncode == 1
        assert "The search_path in WTH_DATABASE_URL has no effect" in result.stderr
        with psycopg.connect(url) as server:
            assert server.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_requests_continue_when_a_server_behind_pgbouncer_no_longer_hangs(
    server: Server, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    watches = cast.owner.listings(4)
    api = Client(server.url, cast.owner.test_key)
    with between(POSTGRES) as (proxy, url), pgbouncer(url=url) as port, ThreadPoolExecutor(4) as buyers:
        monkeypatch.setattr(db, "servers", list_servers(through(port)))
        hub_pool().close_idle()
        assert api.get("/me").status_code == 200
        proxy.hang()
        orders = [buyers.submit(api.order, watch.id) for watch in watches]
        assert wait(orders, 1).done == set()
        proxy.resume()
        assert [order.result().status_code for order in orders] == [201] * 4
        hub_pool().close_idle()


def test_request_that_gets_no_session_of_the_server_is_503(
    server: Server, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = cast.owner.listing()
    api = Client(server.url, cast.owner.test_key)
    with pgbouncer("default_pool_size = 1", "query_wait_timeout = 1") as port:
        monkeypatch.setattr(db, "servers", list_servers(through(port)))
        hub_pool().close_idle()
        assert api.get("/me").status_code == 200
        with psycopg.connect(through(port)) as other:
            other.execute("SELECT 1")
            assert error_of(api.order(watch.id))[:2] == (503, "service_unavailable")
        assert api.order(watch.id).status_code == 201
        hub_pool().close_idle()


@pytest.mark.usefixtures("way")
def test_write_that_waits_for_a_lock_gets_503_and_sessions_keep_their_own_timeout(
    server: Server, cast: Cast, monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    monkeypatch.setattr(db, "begin_statement", "BEGIN; SET LOCAL lock_timeout = '0.3s'")
    watch = cast.owner.listing()
    api = Client(server.url, cast.owner.test_key)
    with psycopg.connect(config.DATABASE_URL) as other, ThreadPoolExecutor(1) as thread:
        other.execute("SELECT 1 FROM dealer WHERE id = %s FOR UPDATE", (cast.owner.dealer.id,))
        assert error_of(api.order(watch.id))[:2] == (503, "service_unavailable")
        with pytest.raises(DatabaseUnavailable):
            thread.submit(_write_without_transaction, cast.owner.dealer.id).result(10)
    assert api.order(watch.id).status_code == 201
    with psycopg.connect(through(port), autocommit=True) as session:
        assert session.execute("SHOW lock_timeout").fetchone() == ("0",)


def _write_without_transaction(dealer_id: str) -> None:
    with connection():
        db.execute_sql("UPDATE dealer SET name = name WHERE id = %s", (dealer_id,))


def test_statements_are_prepared_in_direct_connections_only(way: str) -> None:
    with ThreadPoolExecutor(1) as thread:
        count = thread.submit(_count_prepared_statements).result()
    assert (count > 0) == (way == "direct")


def _count_prepared_statements() -> int:
    with connection():
        for _ in range(10):
            db.execute_sql("SELECT count(*) FROM dealer")
        return int(db.execute_sql("SELECT count(*) FROM pg_prepared_statements").fetchone()[0])
