"""One hub for all tests of a process: its own data folder and database, emptied before each test.

WTH_TEST_POSTGRES (postgresql://user@host/any) and WTH_TEST_REDIS (redis://host/number) run the same tests on those
servers; the PostgreSQL database is made and dropped here, the Redis database is used under names of our own.
"""

import atexit
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(tempfile.mkdtemp(prefix="wth-test-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def redis_database() -> str | None:
    """A Redis database for each of the processes that share the tests."""
    given = os.environ.get("WTH_TEST_REDIS")
    if given is None:
        return None
    server, _, number = given.rpartition("/")
    process = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"{server}/{int(number) + int(process)}"


POSTGRES = os.environ.get("WTH_TEST_POSTGRES", "")
DATABASE = f"wth_test_{int(time.time())}_{uuid.uuid4().hex[:12]}"
STALE_SECONDS = 3600
os.environ |= {
    "WTH_DATA_DIR": str(FOLDER),
    "WTH_DATABASE_URL": f"{POSTGRES.rsplit('/', 1)[0]}/{DATABASE}" if POSTGRES else f"sqlite://{FOLDER}/hub.db",
    "WTH_QUEUE_URL": redis_database() or f"sqlite://{FOLDER}/queue.db",
    "WTH_SECRET_KEY": uuid.uuid4().hex,
    "WTH_ALLOW_PRIVATE_WEBHOOKS": "1",
    "WTH_VALIDATE_RESPONSES": "1",
    "WTH_SQLITE_SYNCHRONOUS": "normal",
    "WTH_AUTH_FAILURES_PER_MINUTE": "1000000",  # all tests share one address; the lock-out has a hub of its own
    "WTH_PUBLIC_URL": "http://hub.test",
    "WTH_LOG_LEVEL": "warning",
}

# Settings are read once, at import; so what stands above comes first.
from models import clock as hub_clock
from models import schema
from models.database import connection, db
from tasks import queues
from tests.browser import axe as axe_core
from tests.browser.chromium import EXECUTABLE, launched
from tests.cast import Cast, make_cast
from tests.client import Client
from tests.hub import Server, serve_app
from tests.receiver import Receiver
from tests.worker import work_off

TABLES = (
    "session", "sign_in_attempt", "audit_entry", "errand", "chore", "notice", "attempt", "delivery", "endpoint",
    "event", "order_item", "sales_order", "customer", "listing", "idempotency_record", "api_key", "integration",
    "account", "dealer",
)  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def database() -> Iterator[None]:
    if POSTGRES:
        _drop_stale()
        _on_server(f"CREATE DATABASE {DATABASE}")
    schema.migrate()
    yield
    if POSTGRES:
        db.close_all()
        _on_server(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _on_server(statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        cursor = server.execute(statement)
        return cursor.fetchall() if cursor.description else []


def _drop_stale() -> None:
    """What tests left behind that were killed more than an hour ago; a database in use is not dropped."""
    for (name,) in _on_server("SELECT datname FROM pg_database WHERE datname ~ '^wth_test_[0-9]+_'"):
        if int(name.split("_")[2]) < time.time() - STALE_SECONDS:
            with suppress(psycopg.Error):
                _on_server(f"DROP DATABASE {name}")


@pytest.fixture(autouse=True)
def fresh(database: None) -> Iterator[None]:
    """Empty tables, empty queues, the real clock; a database connection for the test itself."""
    with connection():
        with db.atomic():
            for table in TABLES:
                db.execute_sql(f"DELETE FROM {table}")
        for lane in (queues.fast_lane, queues.slow_lane):
            lane.storage.flush_all()
        yield
    hub_clock.wall_clock = time.time


@pytest.fixture
def cast() -> Cast:
    """Owner and stranger: two Business dealers, each with a test and a live key and some listings."""
    return make_cast()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The real application on a loopback port, in a thread of this process."""
    with serve_app() as running:
        yield running


@pytest.fixture
def api(server: Server, cast: Cast) -> Client:
    """The owner's client with the test key."""
    return Client(server.url, cast.owner.test_key)


@pytest.fixture
def live_api(server: Server, cast: Cast) -> Client:
    """The owner's client with the live key; test mode is off."""
    cast.owner.go_live()
    return Client(server.url, cast.owner.live_key)


@pytest.fixture
def stranger_api(server: Server, cast: Cast) -> Client:
    return Client(server.url, cast.stranger.test_key)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A real HTTP receiver on loopback that keeps what it gets and answers as told."""
    with Receiver() as running:
        yield running


@pytest.fixture
def deliver() -> Callable[[], None]:
    """Does the worker's work, now and in this thread, until nothing is due."""
    return work_off


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """A real browser. One runs at a time, and only for modules that want it: it leaves an event loop in the thread."""
    if not EXECUTABLE.exists():
        pytest.skip(f"There is no {EXECUTABLE}: install Debian's chromium to look at the pages.")
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return axe_core.fetched(tmp_path_factory.mktemp("axe"))


class Clock:
    """A clock that tests set forward."""

    def __init__(self) -> None:
        self.time = time.time()

    def __call__(self) -> float:
        return self.time

    def forward(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def clock() -> Clock:
    hub_clock.wall_clock = Clock()
    return hub_clock.wall_clock


WANTING = ("not on this machine", "There is no", "could not fetch", "could not install")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """CI skips nothing for want of a program: what a laptop skips with its reason fails there."""
    report = yield
    reason = str(call.excinfo.value) if call.excinfo is not None else ""
    if os.environ.get("CI") and report.skipped and any(words in reason for words in WANTING):
        report.outcome = "failed"
        report.longrepr = f"CI requires it. {reason}"
    return report
