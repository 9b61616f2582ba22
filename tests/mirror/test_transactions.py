"""Effects and position are one commit, also with several processes and handlers that end the transaction."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from watchtraderhub.mirror import HandlerCommittedError, PostgresDatabase

from tests.cast import Cast
from tests.clients.flaky_hub import serve_flaky
from tests.hub import Server
from tests.mirror.conftest import Capture
from tests.mirror.killed_shop import SOURCES
from tests.mirror.small_shop import POSTGRES, ServedShop, SmallShop, do_nothing, execute
from tests.tasks.traffic import edit

PROCESSES = 4
# A shop that is killed after the effects of the third event, before the commit.
KILLED = """
import os, signal, sys
from pathlib import Path
from tests.mirror.small_shop import ShopDatabase, SmallShop
folder, schema, site, key = sys.argv[1:]
with SmallShop(ShopDatabase(Path(folder), schema), site, key).mirror() as mirror:
    mirror.on("*")(lambda connection, event: event["sequence"] == 3 and os.kill(os.getpid(), signal.SIGKILL))
    mirror.catch_up()
"""


def test_mirrors_of_several_processes_apply_each_event_once(shop: SmallShop, cast: Cast, captured: Capture) -> None:
    """Each has its own client and gets every delivery, at the same time and in its own order."""
    watch = cast.owner.listing()
    with ExitStack() as stack:
        mirrors = [stack.enter_context(shop.mirror()) for _ in range(PROCESSES)]
        for mirror in mirrors:
            mirror.start()
        shops = [stack.enter_context(ServedShop(shop, mirror)) for mirror in mirrors]
        for price in range(20):
            edit(cast.owner, watch, 1000_00 + price * 100)
        deliveries = captured()
        with ThreadPoolExecutor(PROCESSES) as pool:
            orders = [deliveries, deliveries[::-1], deliveries[10:] + deliveries[:10], deliveries * 2]
            statuses = list(pool.map(lambda pair: pair[0].send(pair[1]), zip(shops, orders, strict=True)))
    assert {status for each in statuses for status in each} == {200}
    assert shop.applied == list(range(2, 22))
    assert shop.prices == {watch.id: 1019}


def test_first_starts_at_the_same_time_both_succeed(shop: SmallShop, cast: Cast) -> None:
    cast.owner.listings(3)
    barrier = threading.Barrier(PROCESSES)

    def start(_: int) -> int:
        with shop.mirror() as mirror:
            barrier.wait(10)
            mirror.start()
            return mirror.position()

    with ThreadPoolExecutor(PROCESSES) as pool:
        assert set(pool.map(start, range(PROCESSES))) == {3}
    assert len(shop.prices) == 3


def test_process_killed_before_its_commit_leaves_nothing(shop: SmallShop, cast: Cast) -> None:
    with shop.mirror() as mirror:
        mirror.start()
        watch = cast.owner.listing()
        for price in (700_00, 800_00, 900_00):
            edit(cast.owner, watch, price)
        words = [str(shop.data.folder), shop.data.schema, shop.site, shop.key]
        environment = {**os.environ, "PYTHONPATH": SOURCES}
        killed = subprocess.run([sys.executable, "-c", KILLED, *words], env=environment, timeout=60, check=False)
        assert killed.returncode == -signal.SIGKILL
        assert (mirror.position(), shop.applied, shop.prices) == (-1, [], {})
        mirror.catch_up()
    assert (shop.applied, shop.prices) == ([1, 2, 3, 4], {watch.id: 900})


@pytest.mark.parametrize("writes_again", [False, True])
def test_handler_that_commits_is_reported(shop: SmallShop, cast: Cast, writes_again: bool) -> None:
    def commit(connection: Any, event: Any) -> None:
        connection.commit()
        if writes_again:
            execute(connection, "DELETE FROM applied")

    with shop.mirror() as mirror:
        mirror.start()
        cast.owner.listing()
        shop.before_handling = commit
        with pytest.raises(HandlerCommittedError, match="Remove commit"):
            mirror.catch_up()
        assert mirror.position() == -1


def test_failed_snapshot_changes_nothing(shop: SmallShop, cast: Cast) -> None:
    cast.owner.listing()
    with shop.mirror() as mirror:
        mirror.start()
        before = shop.prices
        cast.owner.listing()

        @mirror.snapshot("orders")
        def fail(connection: Any, orders: list[Any]) -> None:
            raise OSError("The shop's disk is full.")

        with pytest.raises(OSError, match="disk is full"):
            mirror.take_snapshot()
        assert (mirror.position(), shop.prices) == (1, before)


def test_snapshot_gives_way_to_newer_events_of_another_process(shop: SmallShop, cast: Cast) -> None:
    """Between the reading and the writing of a snapshot, another process applies an event."""
    with shop.mirror() as mirror, shop.mirror() as other:
        mirror.start()
        watch = cast.owner.listing()
        mirror.catch_up()

        def overtake() -> None:
            edit(cast.owner, watch, 700_00)
            other.catch_up()

        shop.data.interruptions = [do_nothing] * 3 + [overtake]  # preparations, then the writing
        mirror.take_snapshot()
        assert shop.data.interruptions == []
        assert (mirror.position(), shop.prices) == (2, {watch.id: 700})
        mirror.catch_up()
    assert shop.applied == [1, 2]


def test_no_request_is_made_while_the_position_is_locked(shop: SmallShop, server: Server, cast: Cast) -> None:
    """Every request to the hub first takes the lock of the row itself."""

    def take_lock() -> None:
        shop.data.run("UPDATE watchtraderhub_mirror SET updated_at = 'now'")

    with shop.mirror() as mirror:
        mirror.start()
    cast.owner.listings(120)
    with serve_flaky(server.site, {"GET /events": [take_lock] * 9, "GET /listings": [take_lock] * 9}) as hub:
        shop.site = hub.url
        with shop.mirror() as mirror:
            mirror.start()
            mirror.take_snapshot()
        assert len(hub.requests) > 3
    assert len(shop.applied) == 120


def test_unknown_list_has_no_snapshot(shop: SmallShop) -> None:
    with shop.mirror() as mirror, pytest.raises(ValueError, match="listings, customers, orders"):
        mirror.snapshot("watches")(shop.replace)


@pytest.mark.skipif(not POSTGRES, reason="the connection of PostgreSQL commits each statement")
def test_connection_in_autocommit_mode_is_rejected(shop: SmallShop) -> None:
    shop.data.database = PostgresDatabase(lambda: psycopg.connect(POSTGRES, autocommit=True))
    with shop.mirror() as mirror, pytest.raises(ValueError, match="Connect without autocommit"):
        mirror.start()
