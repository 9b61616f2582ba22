"""Fairness at scale: the rate of healthy endpoints while half of all endpoints are dead.

200 dealers with five endpoints each and 20,000 due deliveries. A third of the dead endpoints responds with 500, a third
has a closed port and a third never responds.
"""

import time
from itertools import cycle, islice

from bench.measurement import Measurement, below
from bench.processes import running
from bench.traffic import ENDPOINTS_EACH, Shop, Target, receiving
from models.database import connection, db
from models.delivery.endpoint import Endpoint
from tests.journeys.processes import free_port

DEALERS, EVENTS_EACH = 200, 20
SECONDS = 600
MINIMUM_RATE = 0.9  # of the rate with all alive


def measure(dealers: int = DEALERS) -> Measurement:
    with receiving() as target, connection():
        shops = [_open_shop(target) for _ in range(dealers)]
        with running("cli.py", "worker", "--threads", "32"):
            alive = _rate(shops, target, dealers * ENDPOINTS_EACH * EVENTS_EACH)
            _kill_half(target)
            healthy = _rate(shops, target, dealers * ENDPOINTS_EACH * EVENTS_EACH // 2)
    return Measurement(
        f"{healthy / alive:.2f} times the rate with all alive ({healthy:.0f} against {alive:.0f} deliveries/s)",
        below("rate of the healthy endpoints", healthy / alive, MINIMUM_RATE),
    )


def _open_shop(target: Target) -> Shop:
    with db.atomic():
        return Shop(target)


def _rate(shops: list[Shop], target: Target, count: int) -> float:
    """Release a backlog at once and measure the rate of receipts of the healthy endpoints."""
    Endpoint.update(is_enabled=False).execute()
    for shop in shops:
        with db.atomic():
            for _ in range(EVENTS_EACH):
                shop.edit()
    time.sleep(20)  # until the last requests to silent endpoints have ended
    target.arrivals()
    Endpoint.update(is_enabled=True, slots=1, consecutive_failures=0, last_success_at=None).execute()
    started_at = time.time()
    rows = target.collect(count, seconds=SECONDS)
    return count / (max(at for at, _, _ in rows) - started_at)


def _kill_half(target: Target) -> None:
    closed = f"http://127.0.0.1:{free_port()}/"
    dead = cycle([target.url("/error"), closed, target.url("/silent")])
    ids = [endpoint.id for endpoint in Endpoint.select(Endpoint.id).order_by(Endpoint.id)]
    for endpoint_id, url in islice(zip(ids, dead, strict=False), 0, None, 2):
        Endpoint.update(url=f"{url}?{endpoint_id}").where(Endpoint.id == endpoint_id).execute()
