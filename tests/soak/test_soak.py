"""A hub of several processes under mixed load, one of which is killed again and again."""

import itertools
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

import config
from models.accounts.integration import Integration
from models.base import fetch_dicts
from models.delivery.delivery import Delivery
from models.delivery.event import Event
from models.order import Order
from models.order_item import OrderItem
from tests.cast import Cast, Person
from tests.journeys.processes import WTH, eventually, free_port, kill, session_of, start, wait_until_healthy
from tests.receiver import Receiver
from tests.soak.conftest import SECONDS
from tests.soak.shoppers import Shoppers

WATCHES = 60  # per dealer
KILL_SECONDS = min(20.0, SECONDS / 5)  # between two kills
MAX_GROWTH = 0.05  # of the memory of a process after the warm-up, a third of the time
MEASURED_SECONDS = 300  # a shorter run is all warm-up

pytestmark = pytest.mark.skipif(config.is_sqlite(), reason="several machines need PostgreSQL and Redis")


class Process:
    """One process of the hub, which can be killed and started again."""

    def __init__(self, *arguments: str, port: int = 0) -> None:
        self.arguments = (*arguments, "--port", str(port)) if port else arguments
        self.port = port
        self.process: subprocess.Popen[bytes] = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return start(*self.arguments, program=WTH, WTH_LOG_LEVEL="error")

    def wait(self) -> str:
        """Wait until a web process responds. Returns the URL of its API."""
        return wait_until_healthy(self.process, self.port).url

    def restart(self) -> None:
        self.kill()
        self.process = self._start()

    def kill(self) -> None:
        for pid in session_of(self.process):
            kill(pid)
        self.process.wait(10)

    def memory(self) -> int:
        """Return the proportional set size in KiB."""
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        [line] = [line for line in lines if line.startswith("Pss:")]
        return int(line.split()[1])


@contextmanager
def hub() -> Iterator[tuple[list[Process], list[Process], list[str]]]:
    """Start two web processes and two workers: the first of each kind lives, the others are killed."""
    with ExitStack() as stack:
        webs = [Process("web", port=free_port()) for _ in range(2)]
        workers = [Process("worker") for _ in range(2)]
        for process in (*webs, *workers):
            stack.callback(process.kill)
        yield [webs[0], workers[0]], [webs[1], workers[1]], [web.wait() for web in webs]


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
    _check_orders(shoppers)
    for person in people:
        _check_events(person, receiver)
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


def _check_orders(shoppers: Shoppers) -> None:
    """Every acknowledged order exists, and no watch has two orders that hold."""
    stored = {row["id"]: row["status"] for row in fetch_dicts(Order.select(Order.id, Order.status))}
    assert shoppers.orders.keys() <= stored.keys()
    assert {stored[order_id] for order_id in shoppers.cancelled} <= {"cancelled"}
    held = Order.select(Order.id).where(Order.status != "cancelled")
    sold = Counter(
        row["listing"] for row in fetch_dicts(OrderItem.select(OrderItem.listing).where(OrderItem.order_id.in_(held)))
    )
    assert [listing for listing, count in sold.items() if count > 1] == []


def _check_events(person: Person, receiver: Receiver) -> None:
    """The sequences have no gap, and every event has arrived."""
    rows = fetch_dicts(
        Event.select(Event.id, Event.sequence).where(Event.dealer == person.dealer).order_by(Event.sequence)
    )
    events = list(rows)
    assert [row["sequence"] for row in events] == list(range(1, len(events) + 1))
    arrived = {delivered.event["id"] for delivered in receiver.deliveries}
    expected = {row["id"] for row in events if row["sequence"] > WATCHES}  # before, there was no endpoint
    assert expected <= arrived
