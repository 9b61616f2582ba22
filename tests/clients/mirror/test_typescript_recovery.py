"""The TypeScript mirror after outages: old positions, lost cursors and connections, polling, and other endpoints."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from models.clock import DAY_MS
from tests.clients.mirror.conftest import Stage
from tests.journeys.processes import eventually
from tests.receiver import Receiver

if TYPE_CHECKING:
    from tests.conftest import Clock

MONTH_SECONDS = 31 * DAY_MS / 1000
on_sqlite = pytest.mark.parametrize("shop_database", ["node:sqlite"], indirect=True)
on_postgres = pytest.mark.parametrize("shop_database", ["pg"], indirect=True)


@on_sqlite
def test_a_position_that_the_hub_no_longer_lists_needs_a_snapshot(stage: Stage, clock: "Clock") -> None:
    stage.cast.owner.listing()
    with stage.open(AHEAD_SECONDS=str(MONTH_SECONDS)) as shop:
        stage.cast.owner.listing()
        clock.forward(MONTH_SECONDS)
        [delivered] = stage.deliveries(stage.cast.owner.listing)
        response = shop.send(delivered)
    assert response.status_code == 500
    assert "lists no event between 1 and 3 any more. Call resnapshot()." in response.text
    assert stage.database.position == 1
    with stage.open(RESNAPSHOTS="1"):
        stage.check_equal()
        assert stage.database.position == 3


@on_sqlite
def test_the_first_event_after_an_empty_list_may_have_any_number(stage: Stage, clock: "Clock") -> None:
    stage.cast.owner.listings(2)
    clock.forward(MONTH_SECONDS)
    with stage.open(AHEAD_SECONDS=str(MONTH_SECONDS)) as shop:
        assert stage.database.position == 0
        [delivered] = stage.deliveries(stage.cast.owner.listing)
        assert shop.send(delivered).text == "applied\n"
        stage.check_equal()
        assert (stage.database.position, stage.database.applied) == (3, [3])


@on_sqlite
def test_a_restored_hub_is_noticed(stage: Stage) -> None:
    with stage.open() as shop:
        [delivered] = stage.deliveries(stage.cast.owner.listing)
        shop.send(delivered)
        stage.database.rows("UPDATE watchtraderhub_mirror SET event_id = 'evt_that_the_backup_lacks'")
        response = shop.send(delivered)
    assert (response.status_code, "it was restored. Call resnapshot()." in response.text) == (500, True)


@on_sqlite
@pytest.mark.parametrize("cursor", ["NULL", "'of-another-secret-key'"])
def test_a_catch_up_without_a_valid_cursor_reads_from_the_oldest_event(stage: Stage, cursor: str) -> None:
    with stage.open() as shop:
        deliveries = stage.deliveries(lambda: stage.cast.owner.listings(4))
        shop.send(deliveries[0])
        stage.database.rows(f"UPDATE watchtraderhub_mirror SET next_cursor = {cursor}")
        assert shop.send(deliveries[-1]).text == "applied\n"
    stage.check_applied()


@on_sqlite
def test_a_gap_of_several_pages_is_filled(stage: Stage) -> None:
    with stage.open() as shop:
        deliveries = stage.deliveries(lambda: stage.cast.owner.listings(205))
        assert shop.send(deliveries[-1]).text == "applied\n"
    stage.check_equal()
    stage.check_applied()


@on_sqlite
def test_an_endpoint_with_few_subscriptions_still_mirrors_everything(stage: Stage) -> None:
    with Receiver() as receiver:
        _, secret = stage.cast.owner.endpoint(receiver.url, events=["order.*"])
        narrow = replace(stage, receiver=receiver, secret=secret)
        with narrow.open() as shop:
            watch = stage.cast.owner.listing()
            [delivered] = narrow.deliveries(lambda: stage.api.order(watch.id))
            assert shop.send(delivered).text == "applied\n"
    stage.check_equal()
    stage.check_applied()


@on_sqlite
def test_events_of_the_other_mode_are_ignored(stage: Stage) -> None:
    stage.cast.owner.go_live()
    with stage.open() as shop:
        [live] = stage.deliveries(lambda: stage.cast.owner.listing(is_test=False))
        assert shop.send(live).text == "ignored\n"
        [test] = stage.deliveries(stage.cast.owner.listing)
        assert shop.send(test).text == "applied\n"
    assert stage.database.applied == [1]


def test_polling_needs_no_webhooks_and_stops_when_told(stage: Stage) -> None:
    with stage.open(POLLS="1", WTH_WEBHOOK_SECRET="") as shop:
        stage.cast.owner.listings(3)
        eventually(lambda: stage.database.position == 3)
        stage.check_equal()
        shop.process.terminate()
        assert shop.read_line() == "stopped"


TERMINATE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


@on_postgres
def test_connections_that_were_lost_while_idle_cost_no_event(stage: Stage) -> None:
    with stage.open() as shop:
        first, second = stage.deliveries(lambda: stage.cast.owner.listings(2))
        shop.send(first)
        stage.database.rows(TERMINATE)
        assert shop.send(second).status_code in (200, 500)
        assert shop.send(second).status_code == 200
    stage.check_applied()


@on_postgres
def test_a_connection_that_is_lost_in_a_transaction_costs_no_event(stage: Stage) -> None:
    with stage.open() as shop, ThreadPoolExecutor(1) as pool:
        [delivered] = stage.deliveries(stage.cast.owner.listing)
        with psycopg.connect(stage.database.address) as other:
            other.execute("LOCK TABLE listing")  # the handler waits for it
            sent = pool.submit(shop.send, delivered)
            eventually(lambda: bool(stage.database.rows("SELECT 1 FROM pg_locks WHERE NOT granted")))
            other.execute(TERMINATE)
            assert sent.result().status_code == 500
        assert shop.send(delivered).text == "applied\n"
    stage.check_applied()
