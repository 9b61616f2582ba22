"""API operations: CPU time per request of the hub, of peers that do the same work, and of a bare ASGI server.

The dealer has 10,000 listings and one endpoint that gets `order.*`. Each order has a new customer and writes an order,
its item, two events, a delivery and an idempotency record. All servers are on one core, the load on the other. The
requests of a round are sent to one server after the other, so that a change of the machine's speed concerns all.
"""

import tempfile
import time
from collections.abc import Iterator
from itertools import islice, repeat
from pathlib import Path

import config
from bench.api_requests import get, list_pages, orders
from bench.api_servers import BARE, ApiServer, bare_uvicorn, serving
from bench.contenders import HUB
from bench.dealers import open_dealer
from bench.equivalence import find_differences
from bench.load import send_each
from bench.measurement import Figure, Measurement
from bench.order_rows import measure_statements
from bench.processes import LOAD_CORE, pinned_to
from models.database import connection

LISTINGS, FEW_LISTINGS = 10_000, 10
QUICK = {"rounds": 1, "parts": 3}  # arguments of a quick run
PAGE_20, PAGE_100, ME, ME_SMALL, ORDER, ORDER_FULL = (
    "page of 20", "page of 100", "GET /me", "GET /me, 10 listings", "POST /orders", "POST /orders, synchronous=FULL",
)  # fmt: skip
COUNTS = {PAGE_20: 480, PAGE_100: 320, ME: 480, ME_SMALL: 480, ORDER: 240, ORDER_FULL: 240}  # requests of a round
RECORDED = ("/api/v1/listings?limit=20", "/api/v1/listings?limit=100", "/api/v1/me")  # what the bare server sends
MICROSECONDS, RATE, MEMORY = "µs", "1/s", "MiB"


class Samples:
    """The figures of each operation and contender, one value per round."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str, str], list[float]] = {}

    def add(self, operation: str, contender: str, unit: str, value: float) -> None:
        self._values.setdefault((operation, contender, unit), []).append(value)

    def figures(self) -> list[Figure]:
        return [Figure(*key, tuple(values)) for key, values in self._values.items()]


def measure(rounds: int = 4, parts: int = 1) -> Measurement:
    """Compare all servers. A peer whose responses or rows differ from the hub's is a miss.

    A round sends one of `parts` of the usual number of requests.
    """
    with connection():
        person, listing_ids = open_dealer(LISTINGS)
        small_key = open_dealer(FEW_LISTINGS)[0].test_key
        person.endpoint("http://127.0.0.1:9/hooks", events=["order.*"])
    samples = Samples()
    with pinned_to(LOAD_CORE), tempfile.TemporaryDirectory(dir=config.DATA_DIR) as name:
        folder = Path(name)
        with serving(folder / "normal", "NORMAL") as (servers, unavailable):
            misses = find_differences(servers, person.test_key, listing_ids.pop())
            recorded = [get(person.test_key, path) for path in RECORDED]
            with bare_uvicorn(servers[0], folder, recorded) as bare, serving(folder / "full", "FULL") as (durable, _):
                requests = _build_requests([*servers, bare], durable, (person.test_key, small_key), listing_ids)
                for turn in range(rounds + 1):
                    _run_round(requests, samples if turn else Samples(), parts)  # the first round warms up
            for server in servers:
                samples.add("web under load", server.contender, MEMORY, server.pss_mib())
    for value in measure_statements(rounds):
        samples.add(ORDER, "SQLite statements", MICROSECONDS, value)
    figures = samples.figures()
    return Measurement(_summarize(figures), tuple(misses), figures, tuple(unavailable.items()))


Requests = dict[tuple[str, ApiServer], Iterator[bytes]]


def _build_requests(
    servers: list[ApiServer], durable: list[ApiServer], keys: tuple[str, str], listing_ids: list[str]
) -> Requests:
    """Build the requests of each operation for each server that takes part in it.

    `keys` are those of the dealer and of the one with few listings.
    """
    requests: Requests = {}
    key, small_key = keys
    for server in servers:
        for operation, limit in ((PAGE_20, 20), (PAGE_100, 100)):
            first = get(key, f"/api/v1/listings?limit={limit}")
            is_bare = server.contender == BARE
            requests[operation, server] = repeat(first) if is_bare else list_pages(server.port, key, limit)
        if server.contender in (HUB, BARE):
            requests[ME, server] = repeat(get(key, "/api/v1/me"))
        if server.contender == HUB:
            requests[ME_SMALL, server] = repeat(get(small_key, "/api/v1/me"))
        if server.contender != BARE:
            requests[ORDER, server] = orders(key, listing_ids)
    return requests | {(ORDER_FULL, server): orders(key, listing_ids) for server in durable}


def _run_round(requests: Requests, samples: Samples, parts: int) -> None:
    for operation, usual in COUNTS.items():
        count = usual // parts
        for (name, server), supply in requests.items():
            if name == operation:
                batch = list(islice(supply, count))
                cpu_before, started_at = server.cpu_seconds(), time.monotonic()
                send_each(server.port, batch, status=201 if operation in (ORDER, ORDER_FULL) else 200)
                seconds = time.monotonic() - started_at
                cpu_us = (server.cpu_seconds() - cpu_before) / count * 1e6
                samples.add(operation, server.contender, MICROSECONDS, cpu_us)
                samples.add(operation, server.contender, RATE, count / seconds)


def _summarize(figures: list[Figure]) -> str:
    lines = [f"\n  {f.operation:<32} {f.contender:<18} {f.value:8.0f} {f.unit}" for f in figures if f.unit != RATE]
    return f"CPU time per request with 16 connections{''.join(lines)}"
