"""Database outage: clients get 503 in the error envelope, and the worker recovers by itself."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import psycopg
import pytest

import config
from models.database import db
from models.delivery.delivery import Delivery
from tests.cast import Cast
from tests.client import Client, error_of
from tests.journeys.processes import WTH, eventually, running, serving
from tests.ports import free_port
from tests.proxy import between
from tests.receiver import Receiver
from tests.tasks.traffic import edit

OUTAGE_SECONDS = 12
MAX_RESPONSE_SECONDS = 4  # 3, and the time of a busy machine
TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s"


def test_hub_survives_a_database_outage(cast: Cast, receiver: Receiver) -> None:
    watches = cast.owner.listings(20)
    cast.owner.endpoint(receiver.url)
    with serving("web", port=free_port()) as (_, server), running("worker", "--threads", "8"):
        shop = Client(server.url, cast.owner.test_key)
        for watch in watches[:10]:
            edit(cast.owner, watch, 100)
        receiver.wait_for(1)
        with _database_outage():
            started_at = time.monotonic()
            errors = [error_of(shop.order(watches[0].id)) for _ in range(2)]
            time.sleep(max(0.0, OUTAGE_SECONDS - (time.monotonic() - started_at)))
        assert errors == [(503, "service_unavailable", None)] * 2
        eventually(lambda: shop.get("/me").status_code == 200)
        assert shop.order(watches[0].id).status_code == 201
        eventually(lambda: not Delivery.select().where(Delivery.completed_at.is_null()).exists(), 90)
    assert {row.state for row in Delivery.select(Delivery.state)} == {"succeeded"}
    assert len({request.headers["WTH-Delivery-Id"] for request in receiver.deliveries}) == Delivery.select().count()


@pytest.mark.skipif(config.is_sqlite(), reason="SQLite has no server that could hang")
def test_hub_survives_a_database_that_hangs(cast: Cast, receiver: Receiver) -> None:
    watches = cast.owner.listings(20)
    cast.owner.endpoint(receiver.url)
    with between(config.DATABASE_URL) as (database, url):
        settings = {"WTH_DATABASE_URL": url}
        with (
            serving("web", port=free_port(), **settings) as (_, server),
            running("worker", "--threads", "8", program=WTH, **settings),
        ):
            shop = Client(server.url, cast.owner.test_key)
            receiver.respond = _respond_slowly  # so that attempts are in flight when the database hangs
            for watch in watches:
                edit(cast.owner, watch, 100)
            receiver.wait_for(3)
            database.hang()
            started_at = time.monotonic()
            assert error_of(shop.order(watches[0].id)) == (503, "service_unavailable", None)
            assert time.monotonic() - started_at < MAX_RESPONSE_SECONDS
            time.sleep(OUTAGE_SECONDS)
            database.resume()
            eventually(lambda: shop.get("/me").status_code == 200, 5)
            eventually(lambda: not Delivery.select().where(Delivery.completed_at.is_null()).exists(), 90)
    assert {row.state for row in Delivery.select(Delivery.state)} == {"succeeded"}
    assert len({request.headers["WTH-Delivery-Id"] for request in receiver.deliveries}) == Delivery.select().count()


def _respond_slowly(_: object) -> int:
    time.sleep(0.2)
    return 200


def _database_outage() -> AbstractContextManager[None]:
    return _locked_file() if config.is_sqlite() else _closed_server()


@contextmanager
def _locked_file() -> Iterator[None]:
    with closing(sqlite3.connect(config.sqlite_path(config.DATABASE_URL), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def _closed_server() -> Iterator[None]:
    """Terminate every connection but the test's own, and accept no new one."""
    name, own_pid = config.DATABASE_URL.rpartition("/")[2], db.connection().info.backend_pid
    with psycopg.connect(os.environ["WTH_TEST_POSTGRES"], autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            admin.execute(TERMINATE, [name, own_pid])
            yield
        finally:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
