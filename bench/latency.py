"""Latency of events from their commit to their receipt, with separate web and worker processes, under light load."""

import statistics
import time
from uuid import uuid4

import requests

from bench.measurement import Measurement, above
from bench.processes import running, wait_until_ready
from bench.traffic import Shop, receiving
from models.base import fetch_dicts
from models.database import connection
from models.delivery.event import Event
from tests.ports import free_port

ORDERS, EVERY_SECONDS = 100, 0.1
MAX_MEDIAN_MS = 50
EVENTS = 2 * ORDERS  # order.received and listing.sold


def measure() -> Measurement:
    port = free_port()
    with receiving() as target, connection():
        shop = Shop(target, endpoints=1)
        watches = [listing.id for listing in shop.person.listings(ORDERS)]
        with running("cli.py", "web", "--port", str(port)), running("cli.py", "worker", "--threads", "32"):
            wait_until_ready(f"http://127.0.0.1:{port}/api/v1/health")
            time.sleep(3)
            _order(f"http://127.0.0.1:{port}/api/v1/orders", shop.person.test_key, watches)
            arrived = {event: at for at, _, event in target.collect(EVENTS)}
        delays_ms = sorted(arrived[event] * 1000 - committed_ms for event, committed_ms in _list_commits())
    median_ms = statistics.median(delays_ms)
    return Measurement(
        f"median {median_ms:.1f} ms, p99 {delays_ms[-len(delays_ms) // 100 - 1]:.1f} ms"
        f" ({len(delays_ms)} events of {ORDERS} orders, ten a second)",
        above("latency: median", median_ms, MAX_MEDIAN_MS),
    )


def _order(url: str, key: str, watches: list[str]) -> None:
    """Sell the watches one by one."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {key}"
        for watch in watches:
            time.sleep(EVERY_SECONDS)
            body = {"items": [{"listing_id": watch}], "customer": {"email": "buyer@shop.example"}}
            session.post(url, json=body, headers={"Idempotency-Key": str(uuid4())}, timeout=30).raise_for_status()


def _list_commits() -> list[tuple[str, int]]:
    """List the events of the orders with their times, which the transaction took when it began (ms)."""
    rows = fetch_dicts(
        Event.select(Event.id, Event.created_at).where(Event.type.in_(("order.received", "listing.sold")))
    )
    return [(row["id"], row["created_at"]) for row in rows]
