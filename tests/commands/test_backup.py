"""`wth backup` and `wth restore`: every row comes back, and no mistake loses one."""

import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

import config
from models.database import connection
from tests.cast import Cast
from tests.client import Client
from tests.commands.conftest import Wth
from tests.commands.hub_folder import HubFolder, rows_of
from tests.conftest import POSTGRES, _on_server
from tests.journeys.processes import serving
from tests.ports import free_port
from tests.receiver import Receiver


@pytest.fixture
def sold(cast: Cast, api: Client, receiver: Receiver, deliver: Callable[[], None]) -> None:
    """A hub with watches, a customer, orders, events, and deliveries with attempts."""
    cast.owner.endpoint(receiver.url)
    for listing in cast.owner.listings(3, brand="Ракета", description="„Seltén“ \N{WATCH}\t\\N"):
        assert api.order(listing.id).status_code == 201
    cast.owner.listing()
    deliver()


@pytest.fixture
def target(tmp_path: Path) -> HubFolder:
    """A new hub with an empty database of the same kind."""
    if config.is_sqlite():
        return HubFolder(tmp_path)
    name = f"{config.DATABASE_URL.rsplit('/', 1)[1]}_restored"
    _on_server(f"DROP DATABASE IF EXISTS {name}")
    _on_server(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'")
    return HubFolder(tmp_path, f"{POSTGRES.rsplit('/', 1)[0]}/{name}")


@pytest.mark.usefixtures("sold")
def test_restored_hub_has_every_row_and_serves(wth: Wth, target: HubFolder, tmp_path: Path) -> None:
    file = tmp_path / "hub.backup"
    assert wth("backup", str(file), "--json").document == {"file": str(file), "bytes": file.stat().st_size}
    assert file.stat().st_mode & 0o777 == 0o600
    restored = target.run("restore", str(file))
    assert (restored.status, restored.stderr) == (0, "")
    originals = rows_of(config.DATABASE_URL)
    assert {len(originals[name]) for name in ("sales_order", "delivery")} == {3, 10}
    assert rows_of(target.settings["WTH_DATABASE_URL"]) == originals
    with serving("web", port=free_port(), **target.settings) as (_, server):
        assert server.url


@pytest.mark.usefixtures("sold")
def test_backup_does_not_replace_a_file_and_leaves_none_behind(wth: Wth, tmp_path: Path) -> None:
    file = tmp_path / "hub.backup"
    file.write_text("precious")
    assert wth("backup", str(file), "--json").error == (1, "file_exists")
    assert file.read_text() == "precious"
    assert wth("backup", str(tmp_path / "missing" / "hub.backup"), "--json").error == (1, "file_not_written")
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(not config.is_sqlite(), reason="PostgreSQL's own program takes the snapshot")
def test_backup_of_a_busy_hub_is_one_moment(cast: Cast, api: Client, wth: Wth, tmp_path: Path) -> None:
    """Each order in it has its item and both of its events."""
    listings = cast.owner.listings(40)
    is_started = threading.Event()

    def sell() -> None:
        with connection():
            for listing in listings:
                assert api.order(listing.id).status_code == 201
                is_started.set()

    seller = threading.Thread(target=sell)
    seller.start()
    assert is_started.wait(20)
    files = [tmp_path / f"{number}.backup" for number in range(5)]
    assert {wth("backup", str(file)).status for file in files} == {0}
    seller.join(60)
    for file in files:
        rows = rows_of(f"sqlite://{file}")
        events = [row for row in rows["event"] if "listing.published" not in row]
        assert 2 * len(rows["sales_order"]) == 2 * len(rows["order_item"]) == len(events) > 0


@pytest.mark.usefixtures("sold")
def test_restore_needs_consent_to_replace_dealers(wth: Wth, target: HubFolder, tmp_path: Path) -> None:
    file = tmp_path / "hub.backup"
    assert wth("backup", str(file)).status == target.run("restore", str(file)).status == 0
    assert target.run("restore", str(file), "--json").error == (1, "database_not_empty")
    assert target.run("restore", str(file), "--replace").status == 0
    assert rows_of(target.settings["WTH_DATABASE_URL"]) == rows_of(config.DATABASE_URL)


@pytest.mark.usefixtures("sold")
def test_restore_rejects_a_hub_that_runs(wth: Wth, target: HubFolder, tmp_path: Path) -> None:
    file = tmp_path / "hub.backup"
    assert wth("backup", str(file)).status == target.run("migrate").status == 0
    with serving("web", port=free_port(), **target.settings):
        if config.is_sqlite():
            result = target.run("restore", str(file), "--replace", "--json")
        else:  # a process without requests holds no session: one that works does
            with psycopg.connect(target.settings["WTH_DATABASE_URL"]):
                result = target.run("restore", str(file), "--replace", "--json")
    assert result.error == (1, "hub_running")
    assert rows_of(target.settings["WTH_DATABASE_URL"])["dealer"] == []


def test_restore_rejects_other_files_and_changes_nothing(wth: Wth, target: HubFolder, tmp_path: Path) -> None:
    assert wth("backup", str(tmp_path / "hub.backup")).status == target.run("migrate").status == 0
    before = rows_of(target.settings["WTH_DATABASE_URL"])
    content = (tmp_path / "hub.backup").read_bytes()
    files = {
        "truncated": content[: len(content) // 2],
        "text": b"no database",
        "empty": b"",
        "other database": b"PGDMP" if config.is_sqlite() else b"SQLite format 3\x00",
    }
    for name, damaged in files.items():
        (tmp_path / name).write_bytes(damaged)
        status, code = target.run("restore", str(tmp_path / name), "--json").error
        assert (status, code in ("wrong_backup", "database_damaged", "program_failed")) == (1, True), (name, code)
    assert target.run("restore", str(tmp_path / "missing"), "--json").error == (1, "file_not_read")
    assert rows_of(target.settings["WTH_DATABASE_URL"]) == before


@pytest.mark.skipif(not config.is_sqlite(), reason="a damaged database of PostgreSQL is a matter of its server")
def test_restore_says_what_to_do_with_a_damaged_database(wth: Wth, target: HubFolder, tmp_path: Path) -> None:
    assert wth("backup", str(tmp_path / "hub.backup")).status == 0
    target.database.write_bytes(b"damaged" * 1000)
    result = target.run("restore", str(tmp_path / "hub.backup"))
    assert (result.status, "Move it away" in result.stderr) == (1, True)
    target.database.unlink()
    assert target.run("restore", str(tmp_path / "hub.backup")).status == target.run("check").status == 0
