"""Latency from commit to receipt under light load."""

import statistics
import time

from bench.measurement import Measurement
from bench.processes import running
from bench.traffic import Shop, receiving
from models.database import connection
from tasks.wake_up import wake_worker

EVENTS, EVERY_SECONDS = 100, 0.1


def measure() -> Measurement:
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
    delays_ms = sorted((at - committed[event]) * 1000 for at, _, event in rows)
    return Measurement(
        f"median {statistics.median(delays_ms):.1f} ms, p99 {delays_ms[-2]:.1f} ms ({EVENTS} events, ten a second)"
    )
