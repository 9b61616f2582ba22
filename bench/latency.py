"""From commit to receipt when little happens."""

import statistics
import time

from bench.processes import running
from bench.traffic import Shop, receiving
from models.database import connection
from tasks.wake_up import wake_worker

EVENTS, EVERY_SECONDS = 100, 0.1


def measure() -> str:
    committed: dict[str, float] = {}
    with receiving() as target, connection():
        shop = Shop(target, endpoints=1)
        with running("cli.py", "worker", "--threads", "32"):
            time.sleep(3)
            for _ in range(EVENTS):
                time.sleep(EVERY_SECONDS)
                event = shop.edit()
                committed[event] = time.time()
                wake_worker(shop.person.dealer.id)
            rows = target.collect(EVENTS)
    waits = sorted((at - committed[event]) * 1000 for at, _, event in rows)
    return f"median {statistics.median(waits):.1f} ms, p99 {waits[-2]:.1f} ms ({EVENTS} events, ten a second)"
