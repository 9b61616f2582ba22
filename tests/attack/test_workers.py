"""Workers that are killed under load."""

import time

from tests.attack.arena import Arena
from tests.journeys.processes import kill, running

MAX_DELIVERY_MS = 5000


def test_killed_worker(arena: Arena) -> None:
    """The deliveries that it has claimed are taken over by the other one."""
    arena.shop["receiver_seconds"] = 0.4  # so that each kill meets deliveries in flight, and not slow for the worker
    with arena.attack("kill -9 of one of two workers, 3 times", seconds=21, max_delivery_ms=MAX_DELIVERY_MS) as attack:
        for _ in range(3):
            with running("worker") as second:
                time.sleep(7)
                kill(second.pid)
            attack.count()
