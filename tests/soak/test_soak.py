"""A hub of several processes under mixed load, one of which is killed again and again."""

import itertools
import random
import time

import pytest

import config
from models.accounts.integration import Integration
from models.delivery.delivery import Delivery
from tests.cast import Cast
from tests.journeys.processes import eventually
from tests.receiver import Receiver
from tests.soak.conftest import SECONDS
from tests.soak.ledger import check_events, check_orders
from tests.soak.processes import Process, hub
from tests.soak.shoppers import Shoppers

WATCHES = 60  # per dealer
KILL_SECONDS = min(20.0, SECONDS / 5)  # between two kills
MAX_GROWTH = 0.05  # of the memory of a process after the warm-up, a third of the time
MEASURED_SECONDS = 300  # a shorter run is all warm-up

pytestmark = pytest.mark.skipif(config.is_sqlite(), reason="several machines need PostgreSQL and Redis")


def test_hub_loses_nothing_while_processes_are_killed(cast: Cast, receiver: Receiver, rng: random.Random) -> None:
    people = [cast.owner, cast.stranger]
    Integration.update(rate_limit=1_000_000).execute()
    watches = {person.dealer.id: [listing.id for listing in person.listings(WATCHES)] for person in people}
    for person in people:
        person.endpoint(receiver.url)
    with hub() as (living, victims, urls):
        shoppers = Shoppers(people, urls, watches, rng)
        shoppers.start()
        memory = _kill_again_and_again(victims, living)
        shoppers.stop()
        eventually(lambda: not Delivery.select().where(Delivery.completed_at.is_null()).exists(), 120)
    print(f"\n{dict(shoppers.statuses)}\n{len(shoppers.orders)} orders, memory in KiB {memory}")
    assert shoppers.violations == []
    assert len(shoppers.orders) > SECONDS / 2
    check_orders(shoppers)
    for person in people:
        check_events(person, receiver, WATCHES)
    if SECONDS >= MEASURED_SECONDS:
        assert max(map(_growth, memory)) < MAX_GROWTH


def _kill_again_and_again(victims: list[Process], living: list[Process]) -> list[list[int]]:
    """Kill the victims in turn. Returns the memory of the living ones at each kill, each kind in one list."""
    ends_at = time.monotonic() + SECONDS
    memory: list[list[int]] = [[] for _ in living]
    victim = itertools.cycle(victims)
    while True:
        time.sleep(KILL_SECONDS)
        for process, series in zip(living, memory, strict=True):
            series.append(process.memory())
        if time.monotonic() >= ends_at:
            return memory
        next(victim).restart()


def _growth(series: list[int]) -> float:
    """Return how much the memory grew after the warm-up, a third of the time."""
    return series[-1] / series[len(series) // 3] - 1
