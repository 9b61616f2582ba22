"""Onset: latency of a dealer's events while another dealer's five fast endpoints become slow.

Each of them is proven (ten slots) and has 40 due deliveries when it stops responding, or begins to respond after 14 s.
"""

import statistics
import time
from itertools import chain

from bench.measurement import Measurement, above
from bench.processes import running
from bench.traffic import Shop, Target, receiving
from models.database import connection, db
from models.delivery.endpoint import Endpoint
from tasks.wake_up import wake_worker

BACKLOG, EVENTS, EVERY_SECONDS = 40, 200, 0.1
MAXIMUM_P90_MS = 1000
PATHS = {"hang": "/silent", "respond with 200 after 14 s": "/slow"}


def measure() -> Measurement:
    with receiving() as target, connection():
        other = Shop(target, endpoints=1)
        with running("cli.py", "worker", "--threads", "32"):
            time.sleep(3)
            _send(target, other, 20)  # warms up
            delays_ms = {"normally": _send(target, other, 50)}
            delays_ms |= {f"while they {name}:": _become_slow(target, other, path) for name, path in PATHS.items()}
    lines = [f"{name} {_format(delays)}" for name, delays in delays_ms.items()]
    misses = [above(f"p90 (ms) {name}", _p90(delays), MAXIMUM_P90_MS) for name, delays in delays_ms.items()]
    return Measurement("commit to receipt at another dealer's endpoint: " + ", ".join(lines), tuple(chain(*misses)))


def _become_slow(target: Target, other: Shop, path: str) -> list[float]:
    slow = Shop(target)
    slow.pause()
    with db.atomic():
        for _ in range(BACKLOG):
            slow.edit()
    for endpoint in list(Endpoint.of(slow.person.dealer)):
        url = f"{target.url(path)}?{endpoint.id}"
        Endpoint.update(url=url, slots=10, is_enabled=True, last_success_at=1).where(
            Endpoint.id == endpoint.id
        ).execute()
    wake_worker(slow.person.dealer.id)
    return _send(target, other, EVENTS)


def _send(target: Target, shop: Shop, events: int) -> list[float]:
    """Edit steadily. Returns the times from commit to receipt (ms), sorted."""
    target.arrivals()
    committed: dict[str, float] = {}
    for _ in range(events):
        time.sleep(EVERY_SECONDS)
        event = shop.edit()
        committed[event] = time.time()
        wake_worker(shop.person.dealer.id)
    rows = target.collect(events)
    return sorted((at - committed[event]) * 1000 for at, _, event in rows if event in committed)


def _format(delays_ms: list[float]) -> str:
    return f"median {statistics.median(delays_ms):.0f}, p90 {_p90(delays_ms):.0f}, max {delays_ms[-1]:.0f} ms"


def _p90(delays_ms: list[float]) -> float:
    return delays_ms[len(delays_ms) * 9 // 10]
