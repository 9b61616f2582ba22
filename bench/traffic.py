"""Traffic: dealers with endpoints at the receiver, and edits of their watches."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from bench.processes import running, wait_until_ready
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from models.listing import Listing
from tests.cast import Person, create_person
from tests.ports import free_port

ENDPOINTS_EACH = 5
WATCHES_EACH = 20


@dataclass
class Target:
    """The receiver of a benchmark."""

    port: int

    def url(self, path: str = "/fast") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def arrivals(self) -> list[tuple[float, str, str]]:
        """Fetch the requests since the last call: (unix seconds, path, event id)."""
        return [(at, path, event) for at, path, event in requests.get(self.url("/"), timeout=30).json()]

    def collect(self, count: int, path: str = "/fast", seconds: float = 120) -> list[tuple[float, str, str]]:
        """Collect that many requests to a path; fails after `seconds`."""
        rows: list[tuple[float, str, str]] = []
        deadline = time.monotonic() + seconds
        while len(rows) < count:
            assert time.monotonic() < deadline, f"{len(rows)} of {count} arrived"
            time.sleep(0.2)
            rows += [row for row in self.arrivals() if row[1].startswith(path)]
        return rows


@contextmanager
def receiving() -> Iterator[Target]:
    target = Target(free_port())
    with running("-m", "bench.receiver", str(target.port)):
        wait_until_ready(target.url("/"))
        yield target


class Shop:
    """A dealer with watches and five endpoints at one path of the receiver."""

    def __init__(self, target: Target, path: str = "/fast", endpoints: int = ENDPOINTS_EACH) -> None:
        self.person: Person = create_person("Benchmark Watches")
        self.watches: list[Listing] = self.person.listings(WATCHES_EACH, description="Full set. " * 20)
        for number in range(endpoints):
            self.person.endpoint(f"{target.url(path)}?{number}")
        self.edits = 0

    def edit(self) -> str:
        """Record one `listing.updated` for each endpoint. Returns the event's id."""
        watch = self.watches[self.edits % len(self.watches)]
        self.edits += 1
        watch.change(self.person.actor(), {"asking_price_cents": 100_000 + self.edits})
        event = Event.select(Event.id).where(Event.dealer == self.person.dealer).order_by(Event.sequence.desc()).first()
        return str(event.id)

    def pause(self) -> None:
        Endpoint.update(is_enabled=False).where(Endpoint.dealer == self.person.dealer).execute()

    def resume(self) -> None:
        Endpoint.update(is_enabled=True, slots=1).where(Endpoint.dealer == self.person.dealer).execute()
