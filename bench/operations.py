"""CPU time per API request of the web process, beside a bare ASGI application that sends the same bytes.

The dealer has 10,000 listings and one endpoint that gets `order.*`. Each order has a new customer and writes an order,
its item, two events, a delivery and an idempotency record. CPU time, because other processes change the rate.
"""

import json
import pickle
import statistics
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, repeat

import requests

import config
from bench.load import send_each
from bench.measurement import Measurement
from bench.processes import cpu_seconds, running, wait_until_ready
from models.accounts.integration import Integration
from models.database import connection
from models.listing import Listing
from tests.cast import Person, create_person
from tests.journeys.processes import free_port

LISTINGS, BATCH = 10_000, 500
ROUNDS = 5
DESCRIPTION = "Full set, serviced last year, running well within its tolerances. " * 4


@dataclass(frozen=True)
class Operation:
    """One kind of request, with an endless supply of them; `count` are sent in a round."""

    name: str
    path: str
    requests: Iterator[bytes]
    count: int
    status: int = 200


def measure() -> Measurement:
    with connection():
        person = create_person("Benchmark Watches")
        Integration.update(rate_limit=100_000_000).where(Integration.dealer == person.dealer).execute()
        person.endpoint("http://127.0.0.1:9/hooks", events=["order.*"])
        operations = _list_operations(person, _insert_listings(person))
    hub_port, baseline_port = free_port(), free_port()
    with running("cli.py", "web", "--port", str(hub_port)) as hub:
        wait_until_ready(f"http://127.0.0.1:{hub_port}/api/v1/health")
        file = _save_responses(hub_port, operations)
        with running("-m", "bench.baseline", str(baseline_port), file) as baseline:
            wait_until_ready(f"http://127.0.0.1:{baseline_port}/")
            return _compare(operations, (hub.pid, hub_port), (baseline.pid, baseline_port))


def _insert_listings(person: Person) -> list[str]:
    template = person.listing(description=DESCRIPTION).columns()
    ids = [f"inv_{number:024}" for number in range(LISTINGS - 1)]
    rows = [{**template, "id": listing_id, "sku": listing_id} for listing_id in ids]
    for start in range(0, len(rows), BATCH):
        Listing.insert_many(rows[start : start + BATCH]).execute()
    return ids


def _list_operations(person: Person, listing_ids: list[str]) -> list[Operation]:
    get = _request_builder(person)
    gets = [("page of 20", "/listings?limit=20"), ("page of 100", "/listings?limit=100"), ("GET /me", "/me")]
    orders = (get("POST", "/orders", _order(listing_id)) for listing_id in listing_ids)
    return [
        *(Operation(name, path, repeat(get("GET", path)), count=640) for name, path in gets),
        Operation("POST /orders", "/orders", orders, count=240, status=201),
    ]


def _order(listing_id: str) -> bytes:
    customer = {"email": f"{uuid.uuid4().hex}@customers.example"}
    return json.dumps({"items": [{"listing_id": listing_id}], "customer": customer, "note": "Gift wrap"}).encode()


def _request_builder(person: Person) -> Callable[..., bytes]:
    def build(method: str, path: str, body: bytes = b"") -> bytes:
        content = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        key = f"Idempotency-Key: {uuid.uuid4()}\r\n" if body else ""
        return (
            f"{method} /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {person.test_key}\r\n"
            f"Accept: application/json\r\n{key}{content}\r\n"
        ).encode() + body

    return build


def _save_responses(port: int, operations: list[Operation]) -> str:
    """Record one response of each operation for the baseline."""
    recorded = {}
    for operation in operations:
        head, _, body = next(operation.requests).partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, target, _ = first.split()
        headers = {"Accept-Encoding": "identity", **dict(line.split(": ") for line in lines)}
        response = requests.request(method, f"http://127.0.0.1:{port}{target}", data=body, headers=headers, timeout=10)
        assert response.status_code == operation.status, response.text
        kept = [(name.encode(), value.encode()) for name, value in response.headers.items() if name.lower() != "date"]
        recorded[target.partition("?")[0]] = (response.status_code, kept, response.content)
    path = config.DATA_DIR / "responses.pickle"
    path.write_bytes(pickle.dumps(recorded))
    return str(path)


def _compare(operations: list[Operation], hub: tuple[int, int], baseline: tuple[int, int]) -> Measurement:
    cpu_us: dict[tuple[str, int], list[float]] = {}
    for turn in range(ROUNDS + 1):
        for operation in operations:
            batch = list(islice(operation.requests, operation.count))
            for pid, port in (hub, baseline):
                before = cpu_seconds(pid)
                send_each(port, batch, status=operation.status)
                if turn:  # the first round warms up
                    spent = (cpu_seconds(pid) - before) / len(batch) * 1e6
                    cpu_us.setdefault((operation.name, pid), []).append(spent)
    lines = [_line(o.name, *(statistics.median(cpu_us[o.name, pid]) for pid, _ in (hub, baseline))) for o in operations]
    return Measurement(f"µs of CPU time per request with 16 connections, {ROUNDS} rounds{''.join(lines)}")


def _line(name: str, hub: float, baseline: float) -> str:
    return f"\n  {name:<14} {hub:7.0f} µs, {hub / baseline:5.1f} times the baseline's {baseline:4.0f} µs"
