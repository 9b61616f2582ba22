"""Deliveries per second of one worker process, compared with a loop of `requests.Session.post`."""

import statistics

import requests

from bench.measurement import Measurement
from bench.processes import cpu_seconds, running
from bench.traffic import ENDPOINTS_EACH, Shop, Target, receiving
from models.database import connection
from models.delivery.attempt import Attempt
from models.delivery.event import Event

SHOPS, EDITS, ROUNDS = 4, 150, 3
COUNT = SHOPS * EDITS * ENDPOINTS_EACH


def measure() -> Measurement:
    hub_rates: list[float] = []
    loop_rates: list[float] = []
    cpu_us: list[float] = []
    with receiving() as target, connection():
        shops = [Shop(target) for _ in range(SHOPS)]
        with running("cli.py", "worker", "--threads", "32") as worker:
            _deliver(shops, target)  # warms up
            for _ in range(ROUNDS):
                cpu_before = cpu_seconds(worker.pid)
                hub_rates.append(_deliver(shops, target))
                cpu_us.append((cpu_seconds(worker.pid) - cpu_before) / COUNT * 1e6)
                loop_rates.append(_post(target))
    hub, loop = statistics.median(hub_rates), statistics.median(loop_rates)
    return Measurement(
        f"{hub / loop:.2f} times the plain loop ({hub:.0f} against {loop:.0f} deliveries/s; "
        f"{statistics.median(cpu_us):.0f} µs of CPU time each, {COUNT} in a round, 20 endpoints, signed and logged)"
    )


def _deliver(shops: list[Shop], target: Target) -> float:
    """Release a backlog at once and measure the rate between the first and the last arrival."""
    for shop in shops:
        shop.pause()
        for _ in range(EDITS):
            shop.edit()
    target.arrivals()
    for shop in shops:
        shop.resume()
    return _rate(target.collect(COUNT))


def _post(target: Target) -> float:
    body = Event.select(Event.body).where(Event.type == "listing.updated").first().body.encode()
    headers = Attempt.select().where(Attempt.status == 200).first().request_headers
    with requests.Session() as session:
        for _ in range(COUNT // 2):
            session.post(target.url(), data=body, headers=headers, timeout=15)
    return _rate(target.collect(COUNT // 2))


def _rate(rows: list[tuple[float, str, str]]) -> float:
    times = sorted(at for at, _, _ in rows)
    return (len(times) - 1) / (times[-1] - times[0])
