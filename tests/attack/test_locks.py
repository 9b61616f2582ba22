"""Work of one dealer that holds what all dealers share: the database's writer, locks, connections."""

import subprocess
import uuid
from contextlib import suppress
from functools import partial
from pathlib import Path

import psycopg
import pytest

import config
from models.database import db
from tests.attack.arena import Arena
from tests.attack.conftest import ATTACKER_EMAIL, OpenArena
from tests.attack.inventory_files import inventory_file
from tests.journeys.processes import running

IMPORT_SECONDS = 20  # at most; a large import takes longer but does the same all the time
HERE = Path(__file__).parent


def create_endpoint(arena: Arena, number: int) -> int:
    fields = {"url": f"https://hooks{number}.slow.example.com/", "mode": "both", "events": "*"}
    return arena.post("/channels/custom/endpoints/new", fields).status_code


def test_name_server_that_is_slow(open_arena: OpenArena) -> None:
    with (
        open_arena(program=HERE / "slow_dns_hub.py", has_private_webhooks=False) as arena,
        arena.attack("18 slow DNS lookups") as attack,
    ):
        attack.at_once(*(partial(create_endpoint, arena, number) for number in range(18)))
    assert attack.statuses.count(422) < attack.sent, "the hub rejected every form before it looked the name up"


@pytest.mark.parametrize(("rows", "options"), [(6_000, ["--all-or-nothing"]), (20_000, ["--publish"])])
def test_import_by_the_command_line(arena: Arena, tmp_path: Path, rows: int, options: list[str]) -> None:
    file = tmp_path / "stock.csv"
    file.write_bytes(inventory_file(rows))
    command = ["inventory", "import", str(file), "--dealer", ATTACKER_EMAIL, "--mode", "test", *options]
    with running(*command) as process:
        with arena.attack(f"import of {rows:,} rows {options[0]}", seconds=0) as attack:
            attack.count()
            with suppress(subprocess.TimeoutExpired):
                process.wait(IMPORT_SECONDS)
        assert process.poll() in (None, 0), "the import failed"


@pytest.mark.skipif(config.is_sqlite(), reason="SQLite has one lock for all dealers, held by short transactions only")
def test_locked_dealer(arena: Arena) -> None:
    def write() -> int:
        body = {"email": f"{uuid.uuid4().hex}@shop.example"}
        return arena.client().post("/customers", body).status_code

    with psycopg.connect(config.DATABASE_URL) as lock:
        lock.execute("SELECT 1 FROM dealer WHERE id = %s FOR UPDATE", [arena.attacker.dealer.id])
        with arena.attack("20 writers on a locked dealer", seconds=8) as attack:
            attack.repeat(write, threads=20)
        lock.rollback()


def test_exports_of_a_large_inventory(arena: Arena) -> None:
    fill_inventory(arena, 100_000)

    def export() -> int:
        return arena.get("/inventory/export.csv")

    with arena.attack("2 exports of 100,000 watches", seconds=10) as attack:
        attack.repeat(export, threads=2)


def fill_inventory(arena: Arena, count: int) -> None:
    """Copy one watch many times, with SQL: what matters here is only how many there are."""
    watch = arena.attacker.listing(published=False)
    names = [column.name for column in db.get_columns("listing")]
    copies = ["'copy_' || n" if name == "id" else ("NULL" if name == "sku" else f'"{name}"') for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    numbers = f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})"
    db.execute_sql(
        f"{numbers} INSERT INTO listing ({columns}) SELECT {', '.join(copies)} FROM listing, numbers "
        f"WHERE id = {db.param}",
        (watch.id,),
    )
