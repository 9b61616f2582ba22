"""The SQLite file under a running hub: moved, replaced, deleted companions, full, damaged."""

import itertools
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import config
from models import outages
from models.customer import Customer
from models.database import DatabaseUnavailable, connection
from tasks.periodic_jobs import run_periodic_jobs
from tests.cast import Cast
from tests.client import Client, error_of
from tests.conftest import Clock
from tests.handlers.database_conditions import full_disk, read_only

pytestmark = pytest.mark.skipif(not config.is_sqlite(), reason="These conditions are those of a SQLite file.")

UNAVAILABLE = (503, "service_unavailable", None)
FILE = config.sqlite_path(config.DATABASE_URL)
ANNA = {"email": "anna@shop.example"}
MANY = [{"email": f"c{number}@shop.example", "notes": "x" * 5000} for number in range(100)]


hours = itertools.count(1)


@pytest.fixture(autouse=True)
def long_after_other_outages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an hour pass since the last outage, because outages in quick succession are logged as one."""
    ahead = next(hours) * 3600
    monkeypatch.setattr(outages, "monotonic", lambda: time.monotonic() + ahead)


@contextmanager
def moved(path: Path, put: Path | None = None) -> Iterator[None]:
    """Move a file away for the block, and put a copy of another in its place."""
    aside = path.with_name("aside")
    path.rename(aside)
    if put is not None:
        shutil.copyfile(put, path)
    yield
    aside.replace(path)


def assert_unavailable(api: Client) -> None:
    assert error_of(api.post("/customers", ANNA)) == UNAVAILABLE
    assert Client(api.url, None).get("/health").status_code == 503
    assert error_of(api.get("/customers")) == UNAVAILABLE


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
def test_nothing_is_written_while_a_file_is_missing(api: Client, suffix: str, caplog: pytest.LogCaptureFixture) -> None:
    assert api.get("/me").status_code == 200
    with moved(FILE.with_name(FILE.name + suffix)):
        assert_unavailable(api)
        assert not FILE.with_name(FILE.name + suffix).exists()
    assert f"{FILE} was moved, replaced, restored or deleted while the hub was running" in caplog.text
    assert api.post("/customers", ANNA).status_code == 201
    assert Customer.select().count() == 1


def test_write_fails_if_the_file_is_moved_before_its_commit(cast: Cast) -> None:
    aside = FILE.with_name("aside")
    with pytest.raises(DatabaseUnavailable), connection(), cast.owner.dealer.locked():
        FILE.rename(aside)
    aside.rename(FILE)


def test_nothing_is_written_while_another_file_has_the_name(api: Client, tmp_path: Path) -> None:
    with closing(sqlite3.connect(FILE)) as source, closing(sqlite3.connect(tmp_path / "backup.db")) as backup:
        source.backup(backup)
    with moved(FILE, put=tmp_path / "backup.db"):
        assert_unavailable(api)
    assert api.post("/customers", ANNA).status_code == 201


def test_long_reader_lets_the_log_grow_with_a_warning_until_it_ends(
    api: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("models.checkpoint.LOG_SIZE_LIMIT", 256 * 1024)
    with closing(sqlite3.connect(FILE, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM customer").fetchone()
        assert api.post("/customers/bulk", {"customers": MANY}).status_code == 200
        run_periodic_jobs.call_local()
    assert f"{FILE}-wal has " in caplog.text
    caplog.clear()
    clock.forward(61)
    run_periodic_jobs.call_local()
    assert caplog.text == ""
    assert Path(f"{FILE}-wal").stat().st_size < 256 * 1024


def test_full_disk_is_a_503_and_named_in_the_log(api: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert api.get("/me").status_code == 200
    with full_disk():
        assert error_of(api.post("/customers/bulk", {"customers": MANY})) == UNAVAILABLE
    assert f"The disk that holds {FILE} is full." in caplog.text
    assert api.post("/customers", ANNA).status_code == 201


def test_read_only_disk_is_a_503_for_writes_and_named_in_the_log(api: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert api.get("/me").status_code == 200
    with read_only():
        assert error_of(api.post("/customers", ANNA)) == UNAVAILABLE
        assert api.get("/customers").status_code == 200
    assert f"{FILE} or its folder is read-only." in caplog.text
    assert api.post("/customers", ANNA).status_code == 201
