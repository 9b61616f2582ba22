"""Mixed load of several clients, who repeat what failed, and what they saw."""

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import requests

from tests.cast import Person
from tests.client import Client

CLIENTS = 6
RETRIES = 60  # half a second apart: longer than any process takes to start again
CANCELLED = 0.9  # of the orders, so that most watches are sold again


class Shoppers:
    """Clients of two dealers at several web processes.

    `statuses` counts the final responses, `orders` has the acknowledged orders by ID with their watches, `cancelled`
    the IDs of cancelled ones. `violations` has responses that nobody may get.
    """

    def __init__(
        self, people: list[Person], urls: list[str], watches: dict[str, list[str]], rng: random.Random
    ) -> None:
        self.people = people
        self.urls = urls
        self.watches = watches  # by dealer
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.orders: dict[str, str] = {}
        self.cancelled: set[str] = set()
        self.violations: list[str] = []
        self._is_over = threading.Event()
        seeds = [rng.random() for _ in range(CLIENTS)]
        self._threads = [threading.Thread(target=self._shop, args=(n, seed)) for n, seed in enumerate(seeds)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(60)

    def _shop(self, number: int, seed: float) -> None:
        rng = random.Random(seed)  # noqa: S311 - not a secret
        person = self.people[number % len(self.people)]
        clients = [Client(url, person.test_key) for url in self.urls]
        while not self._is_over.is_set():
            action: Callable[..., None] = rng.choice((self._order, self._order, self._browse, self._save_customer))
            action(clients, person, rng)

    def _order(self, clients: list[Client], person: Person, rng: random.Random) -> None:
        listing = rng.choice(self.watches[person.dealer.id])
        body = {"items": [{"listing_id": listing}], "customer": {"email": f"{rng.randrange(50)}@shop.example"}}
        response = self._post(clients, rng, "/orders", body)
        if response is not None and response.status_code == 201:
            order_id = response.json()["id"]
            self.orders[order_id] = listing
            if rng.random() < CANCELLED:
                cancelled = self._post(clients, rng, f"/orders/{order_id}/cancel", {})
                if cancelled is not None and cancelled.status_code == 200:
                    self.cancelled.add(order_id)

    def _browse(self, clients: list[Client], _: Person, rng: random.Random) -> None:
        path = rng.choice(("/listings", "/orders", "/events", "/customers", "/me"))
        self._send(rng, path, lambda: rng.choice(clients).get(path))

    def _save_customer(self, clients: list[Client], _: Person, rng: random.Random) -> None:
        body = {"email": f"{uuid.UUID(int=rng.getrandbits(128)).hex}@shop.example"}
        self._post(clients, rng, "/customers", body)

    def _post(self, clients: list[Client], rng: random.Random, path: str, body: Any) -> requests.Response | None:
        key = uuid.UUID(int=rng.getrandbits(128)).hex
        return self._send(rng, path, lambda: rng.choice(clients).post(path, body, key=key))

    def _send(self, rng: random.Random, path: str, call: Callable[[], requests.Response]) -> requests.Response | None:
        """Send a request, and repeat it with the same key until it has a final response."""
        for _ in range(RETRIES):
            try:
                response = call()
            except requests.RequestException:  # the process was killed
                self._is_over.wait(0.5)
                continue
            self._note(path, response)
            is_busy = response.status_code == 409 and response.json()["error"]["code"] == "idempotency_key_in_use"
            if response.status_code not in (429, 503) and not is_busy:
                return response
            self._is_over.wait(0.2 + rng.random() / 2)
        self.violations.append(f"{path}: no final response")
        return None

    def _note(self, path: str, response: requests.Response) -> None:
        name = path.split("/")[1]
        self.statuses[name, response.status_code] += 1
        if response.status_code >= 500 and (response.status_code != 503 or "error" not in response.json()):
            self.violations.append(f"{path}: {response.status_code} {response.text[:200]}")
