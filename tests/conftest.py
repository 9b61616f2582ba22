"""Fixtures: one hub per test process, with its own data folder and database, emptied before each test.

WTH_TEST_POSTGRES (postgresql://user@host/any) and WTH_TEST_REDIS (redis://host/number) run the same tests on those
servers. The PostgreSQL database is created and dropped here; keys in the Redis database have a prefix.
"""

import atexit
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Generator, Iterator
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
    """Return the URL of a Redis database for this process of pytest-xdist, None without WTH_TEST_REDIS."""
    url = os.environ.get("WTH_TEST_REDIS")
    if url is None:
        return None
    server, _, number = url.rpartition("/")
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
    "WTH_AUTH_FAILURES_PER_MINUTE": "1000000",  # all tests share one address; tests of the lock-out use another hub
    "WTH_PUBLIC_URL": "http://hub.test",
    "WTH_LOG_LEVEL": "warning",
}

# Settings are read once, at import: import the application only after the environment is set.
from app import create_app
from models import clock as hub_clock
from models import schema
from models.database import connection, db
from models.postgres import Postgres
from tasks.queues.huey_queues import default_queue, periodic_queue
from tasks.result_recorder import recorder
from tests.browser import axe as axe_core
from tests.browser.chromium import EXECUTABLE, launch_chromium
from tests.cast import Cast, make_cast
from tests.client import Client
from tests.hub import Server, serve_app
from tests.receiver import Receiver
from tests.transactions import found, watch_transactions
from tests.worker import work_off

TABLES = (
    "secret_key_check", "api_request_batch", "api_request_usage",
    "mail", "submitted_form", "session", "sign_in_attempt", "audit_entry", "errand", "chore", "notice", "attempt_count",
    "attempt", "delivery", "endpoint", "event", "order_item", "sales_order", "customer",
    "listing", "listing_count", "idempotency_record", "api_key", "integration", "account", "dealer", "worker",
)  # fmt: skip


HERE = Path(__file__).parent
# No test in these places uses a table, as tests/test_without_database.py checks: PostgreSQL and Redis change nothing.
WITHOUT_DATABASE = tuple(
    HERE / name
    for name in (
        "inventory", "spec", "webhooks", "postman/test_collection.py", "test_architecture.py", "test_docstrings.py",
        "test_language.py", "test_without_database.py", "test_workflows.py",
    )
)  # fmt: skip
collect_ignore = list(WITHOUT_DATABASE) if POSTGRES else []  # pytest reads it; places that the command names still run

watch_transactions()


@pytest.fixture(scope="session", autouse=True)
def database() -> Iterator[None]:
    if POSTGRES:
        _drop_stale()
        _on_server(f"CREATE DATABASE {DATABASE} TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'")  # folds ASCII only
    schema.migrate()
    yield
    if POSTGRES:
        assert isinstance(db, Postgres)
        db.close_all()
        _on_server(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def _on_server(statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        cursor = server.execute(statement)
        return cursor.fetchall() if cursor.description else []


def _drop_stale() -> None:
    """Drop databases of test runs that were killed more than an hour ago; PostgreSQL keeps those in use."""
    for (name,) in _on_server("SELECT datname FROM pg_database WHERE datname ~ '^wth_test_[0-9]+_'"):
        if int(name.split("_")[2]) < time.time() - STALE_SECONDS:
            with suppress(psycopg.Error):
                _on_server(f"DROP DATABASE {name}")


@pytest.fixture(autouse=True)
def fresh(request: pytest.FixtureRequest) -> Iterator[None]:
    """The real clock and, for tests that use a database, `empty_database`."""
    if not any(request.path.is_relative_to(place) for place in WITHOUT_DATABASE):
        request.getfixturevalue("empty_database")
    yield
    hub_clock.wall_clock = hub_clock.read_clock
    waits, found[:] = list(found), []
    assert not waits, "\n".join(waits)


@pytest.fixture
def empty_database(database: None) -> Iterator[None]:
    """Empty tables and queues, no unwritten results, and a database connection for the test itself."""
    while recorder.has_results():
        recorder.take_batch()
    with connection():
        with db.atomic():
            for table in TABLES:
                db.execute_sql(f"DELETE FROM {table}")
        for queue in (default_queue, periodic_queue):
            queue.storage.flush_all()
        yield


@pytest.fixture
def cast() -> Cast:
    """Owner and stranger: two Business dealers, each with a test key and a live key."""
    return make_cast()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The real application on a loopback port, in a thread of this process.

    Without the API request log, which it would write in the middle of the next test. Tests of the log have a server
    of their own, which has written everything when it has stopped.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("config.REQUEST_LOG_MIB", 0)
        application = create_app()
    with serve_app(application) as running:
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
    """A real HTTP receiver on loopback; `receiver.respond` decides what it sends back."""
    with Receiver() as running:
        yield running


@pytest.fixture
def deliver() -> Callable[[], None]:
    """Run the worker's tasks in this thread until nothing is due."""
    return work_off


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """A real browser, only for modules that request it: Playwright leaves an event loop in the thread."""
    if not EXECUTABLE.exists():
        pytest.skip(f"There is no {EXECUTABLE}: install Debian's chromium package.")
    with launch_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return axe_core.fetch_axe(tmp_path_factory.mktemp("axe"))


class Clock:
    """A clock that tests move forward."""

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


MISSING_PROGRAM = ("not on this machine", "There is no", "could not fetch", "could not install")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, fail a test that is skipped because a program is missing."""
    report = yield
    reason = str(call.excinfo.value) if call.excinfo is not None else ""
    if os.environ.get("CI") and report.skipped and any(words in reason for words in MISSING_PROGRAM):
        report.outcome = "failed"
        report.longrepr = f"CI requires it. {reason}"
    return report
