"""The TypeScript mirror on each database: every event takes effect once and in order, whatever the deliveries do."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.clients.mirror import node_shop
from tests.clients.mirror.conftest import Stage


def change_a_lot(stage: Stage, rounds: int = 1) -> None:
    """Publish watches, change one, sell one, and take one off the channel: seven events in each round."""
    for _ in range(rounds):
        first, second, third = stage.cast.owner.listings(3)
        actor = stage.cast.owner.actor()
        first.change(actor, {"asking_price_cents": 700_050})
        stage.api.order(second.id)
        third.unpublish(actor)


def test_snapshot_and_deliveries_make_the_tables_equal(stage: Stage) -> None:
    stage.cast.owner.listings(3)
    with stage.open() as shop:
        stage.check_equal()
        for delivered in stage.deliveries(lambda: change_a_lot(stage)):
            assert shop.send(delivered).text == "applied\n"
    stage.check_equal()
    stage.check_applied(after=3)


def test_lost_repeated_and_reordered_deliveries(stage: Stage) -> None:
    with stage.open() as shop, ThreadPoolExecutor(5) as pool:
        deliveries = stage.deliveries(lambda: change_a_lot(stage, rounds=2))
        arriving = random.sample(deliveries * 2, len(deliveries))
        assert {response.status_code for response in pool.map(shop.send, arriving)} == {200}
        assert shop.send(deliveries[-1]).status_code == 200
    stage.check_equal()
    stage.check_applied()


def test_two_processes_apply_each_event_once(stage: Stage) -> None:
    with stage.open() as first, stage.open("fastify") as second, ThreadPoolExecutor(8) as pool:
        deliveries = stage.deliveries(lambda: change_a_lot(stage, rounds=2))
        sent = [pool.submit(shop.send, delivered) for delivered in deliveries for shop in (first, second)]
        assert {future.result().status_code for future in sent} == {200}
    stage.check_equal()
    stage.check_applied()


def test_a_failing_handler_leaves_nothing_and_gets_the_event_again(stage: Stage, tmp_path: Path) -> None:
    failing = tmp_path / "failing"
    with stage.open(FAILING_FILE=str(failing)) as shop:
        first, second = stage.deliveries(lambda: stage.cast.owner.listings(2))
        failing.touch()
        assert [shop.send(first).status_code, shop.send(second).status_code] == [500, 500]
        assert (stage.database.position, stage.database.applied, stage.database.listings) == (0, [], set())
        failing.unlink()
        assert [shop.send(second).text, shop.send(first).text] == ["applied\n", "duplicate\n"]
    stage.check_equal()
    stage.check_applied()


def test_a_kill_in_the_transaction_leaves_nothing_half_done(stage: Stage) -> None:
    with stage.open(KILLED_AT="4") as shop:
        *_, last = stage.deliveries(lambda: change_a_lot(stage))
        with pytest.raises(requests.ConnectionError):  # it fills the gap and dies on the way
            shop.send(last)
        assert (stage.database.position, stage.database.applied) == (3, [1, 2, 3])
    with stage.open() as shop:  # catches up when it starts
        assert shop.send(last).text == "duplicate\n"
    stage.check_equal()
    stage.check_applied()


def test_two_first_starts_take_one_snapshot(stage: Stage) -> None:
    stage.cast.owner.listings(3)
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        for start in [pool.submit(stack.enter_context, stage.open()) for _ in range(2)]:
            start.result()
    stage.check_equal()
    assert stage.database.rows("SELECT name, position FROM watchtraderhub_mirror") == [("test", 3)]


def test_the_types_fit_the_frameworks_and_the_drivers(program: Path) -> None:
    node_shop.run(["node_modules/.bin/tsc"], program)
