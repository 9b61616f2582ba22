"""Fairness at scale: the rate of healthy endpoints while half of all endpoints are dead.

200 dealers with five endpoints each and 20,000 due deliveries. First those of every second endpoint are not due: the
rate of the others is the measure. Then all are due, and every second endpoint is dead: a third of them responds with
500, a third has a closed port, a third never responds, and the worker knows nothing of any endpoint. Then every second
one hangs that was fast before. The measure is taken before, between and after, because machines change their speed.
"""

from itertools import cycle
from statistics import mean

import config
from bench.measurement import Measurement, below
from bench.processes import running
from bench.traffic import ENDPOINTS_EACH, Shop, Target, receiving
from models.database import connection, db
from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from tests.ports import free_port

DEALERS, EVENTS_EACH = 200, 20
COUNTED_SHARE = (
    0.9  # of the deliveries of the healthy half: each rate is that of the same number, without the last ones
)
SECONDS = 600
MINIMUM_RATE = 0.9  # of the rate without the dead ones


def measure(dealers: int = DEALERS) -> Measurement:
    with receiving() as target, connection():
        shops = [_open_shop(target) for _ in range(dealers)]
        dead_urls = [target.url("/error"), f"http://127.0.0.1:{free_port()}/", target.url("/silent")]
        alone = [_rate(shops, target, slots=1, is_alone=True)]
        _set_urls(target, dead_urls)
        dead = _rate(shops, target, slots=1)
        alone.append(_rate(shops, target, slots=1, is_alone=True))
        _set_urls(target, [target.url("/silent")])
        hanging = _rate(shops, target, slots=10)
        alone.append(_rate(shops, target, slots=1, is_alone=True))
    dead_share, hanging_share = dead / mean(alone[:2]), hanging / mean(alone[1:])
    return Measurement(
        f"{', '.join(f'{rate:.0f}' for rate in alone)} deliveries/s without the dead half, "
        f"{dead_share:.2f} times that with it, {hanging_share:.2f} times that when the half begins to hang",
        below("rate with half dead", dead_share, MINIMUM_RATE)
        + below("rate when half hang", hanging_share, MINIMUM_RATE),
    )


def _open_shop(target: Target) -> Shop:
    with db.atomic():
        return Shop(target)


def _rate(shops: list[Shop], target: Target, slots: int, *, is_alone: bool = False) -> float:
    """Start a worker for a backlog and measure the rate of receipts of the healthy endpoints."""
    _discard_deliveries()
    for shop in shops:
        with db.atomic():
            for _ in range(EVENTS_EACH):
                shop.edit()
    if is_alone:
        Delivery.delete().where(Delivery.endpoint.in_(_every_second())).execute()
    Endpoint.update(slots=slots, consecutive_failures=0, last_success_at=1 if slots > 1 else None).execute()
    target.arrivals()
    count = int(len(shops) * ENDPOINTS_EACH * EVENTS_EACH / 2 * COUNTED_SHARE)
    with running("cli.py", "worker", "--threads", "32"):
        received_at = sorted(at for at, _, _ in target.collect(count, seconds=SECONDS))
    return count / (received_at[count - 1] - received_at[0])


def _discard_deliveries() -> None:
    """Let each phase begin with the same tables, as autovacuum would leave them."""
    Attempt.delete().execute()
    Delivery.delete().execute()
    if not config.is_sqlite():
        db.execute_sql("VACUUM")


def _every_second() -> list[str]:
    return [endpoint.id for endpoint in Endpoint.select(Endpoint.id).order_by(Endpoint.id)][::2]


def _set_urls(target: Target, dead_urls: list[str]) -> None:
    """Give every second endpoint one of the dead URLs."""
    for endpoint_id, url in zip(_every_second(), cycle(dead_urls), strict=False):
        Endpoint.update(url=f"{url}?{endpoint_id}").where(Endpoint.id == endpoint_id).execute()
