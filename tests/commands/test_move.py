"""`wth move`: a hub on SQLite becomes a hub on PostgreSQL, with every row."""

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

import config
from tests import services
from tests.cast import Cast
from tests.client import Client
from tests.commands.conftest import Wth
from tests.commands.hub_folder import HubFolder, rows_of
from tests.journeys.processes import serving
from tests.ports import free_port
from tests.receiver import Receiver

pytestmark = [
    pytest.mark.skipif(not config.is_sqlite(), reason="a hub on PostgreSQL has nothing to move"),
    pytest.mark.skipif(services.find_unavailable() is not None, reason="needs a PostgreSQL server"),
]


@pytest.fixture
def url() -> Iterator[str]:
    """An empty PostgreSQL database."""
    name = f"wth_moved_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(services.POSTGRES, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'")
        yield f"{services.POSTGRES.rsplit('/', 1)[0]}/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def hub(
    cast: Cast, api: Client, receiver: Receiver, deliver: Callable[[], None], wth: Wth, tmp_path: Path
) -> HubFolder:
    """A stopped hub on SQLite with rows in most tables."""
    cast.owner.endpoint(receiver.url)
    for listing in cast.owner.listings(5, brand="Ракета", description="„Seltén“ \N{WATCH}\t\\N\r\n"):
        assert api.order(listing.id).status_code == 201
    cast.owner.listings(29, published=False)
    cast.owner.listing()
    deliver()
    file = tmp_path / "hub.backup"
    hub = HubFolder(tmp_path / "hub")
    assert wth("backup", str(file)).status == hub.run("restore", str(file)).status == 0
    return hub


def test_moved_hub_has_every_row_and_works(hub: HubFolder, url: str, cast: Cast) -> None:
    originals = rows_of(hub.settings["WTH_DATABASE_URL"])
    result = hub.run("move", "--to", url, "--json")
    assert result.status == 0, result.stderr
    counts = {name: len(rows) for name, rows in originals.items()}
    assert result.document["rows"] == {name: count for name, count in counts.items() if name != "schema_migration"}
    assert "listing: 35 rows" in result.stderr
    copies = rows_of(url)
    for history in (originals, copies):
        del history["schema_migration"]  # has the times of the migrations
    assert copies == originals
    hub.settings["WTH_DATABASE_URL"] = url
    with serving("web", port=free_port(), **hub.settings) as (_, server):
        api = Client(server.url, cast.owner.test_key)
        assert api.get("/me").json()["inventory"]["published"] == 1  # triggers keep the counts
        [listing] = api.get("/listings", status="in_stock").json()["data"]
        assert api.order(listing["id"]).status_code == 201
        assert api.get("/me").json()["inventory"]["published"] == 0


def test_move_rejects_a_target_with_dealers_and_repeats_after_a_failure(hub: HubFolder, url: str) -> None:
    with closing(sqlite3.connect(hub.database)) as database, database:
        database.execute("UPDATE dealer SET name = 'A' || char(0)")  # PostgreSQL has no NUL in texts
    assert hub.run("move", "--to", url).status == 1
    assert rows_of(url)["dealer"] == []
    with closing(sqlite3.connect(hub.database)) as database, database:
        database.execute("UPDATE dealer SET name = 'A'")
    assert hub.run("move", "--to", url).status == 0
    assert hub.run("move", "--to", url, "--json").error == (1, "database_not_empty")


def test_move_rejects_a_hub_that_runs_and_unusable_targets(hub: HubFolder, url: str) -> None:
    with serving("web", port=free_port(), **hub.settings):
        assert hub.run("move", "--to", url, "--json").error == (1, "hub_running")
    missing = url.rsplit("/", 1)[0].replace("postgres@", "postgres:geheim@") + "/missing"
    unreachable = hub.run("move", "--to", missing)
    assert (unreachable.status, "Cannot use the target" in unreachable.stderr) == (1, True)
    assert "geheim" not in unreachable.stdout + unreachable.stderr
    assert hub.run("move", "--to", "sqlite:///tmp/other.db").status == 2
