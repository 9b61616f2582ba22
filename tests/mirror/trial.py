"""One seed of the campaign: a dealer at work, while deliveries are lost and processes are killed."""

import random
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

import requests

from errors import Refusal
from models.database import connection
from models.delivery.event import Event
from models.listing import Listing
from tests.cast import Person, create_person
from tests.client import Client
from tests.hub import Server
from tests.journeys.processes import eventually
from tests.mirror.killed_shop import KilledShop
from tests.mirror.lossy_network import LossyNetwork
from tests.receiver import Receiver
from tests.tasks.traffic import edit

WATCHES, ACTIONS, SHOP_KILLS = 5, 30, 2
MAX_PAUSE_SECONDS = 0.15
MAX_SECONDS = 90


class Trial:
    """A dealer, a shop and the network between them. Its methods run in a thread of their own."""

    def __init__(self, seed: int, server: Server, folder: Path) -> None:
        self.seed = seed
        self.rng = random.Random(seed)  # noqa: S311 - not a secret
        self.person: Person = create_person(f"Dealer {seed}")
        self.person.listings(WATCHES)
        self.api = Client(server.url, self.person.test_key)
        self._opened = ExitStack()
        self._open(server, folder)

    def __enter__(self) -> Self:
        return self

    def start(self) -> None:
        """Wait for the first start of the shop, which needs the hub; later ones do not."""
        self.shop.wait()

    def __exit__(self, *error: Any) -> None:
        self._opened.__exit__(*error)

    def work(self) -> None:
        """Change watches and place orders, and kill the shop in between."""
        kills = set(self.rng.sample(range(1, ACTIONS), SHOP_KILLS))
        for number in range(ACTIONS):
            if number in kills:
                self.shop.kill()
            with connection(), suppress(Refusal):  # an order whose response was lost has sold the watch
                self._choose_action()()
            time.sleep(self.rng.uniform(0, MAX_PAUSE_SECONDS))  # the random moment is the point of the test

    def check(self) -> str:
        """Deliver one more event, wait until the shop has what the hub has, and return a summary."""
        self.shop.wait()
        eventually(lambda: self.network.counts.total() >= ACTIONS, MAX_SECONDS)  # at least one attempt of each event
        self.network.is_lossy = False
        with connection():
            self.person.listing()
            events = self._events()
            eventually(lambda: self.shop.applied()[-1:] == events[-1:], MAX_SECONDS)
        # the snapshot at the first start has the first events
        assert self.shop.applied() == events[WATCHES:], f"seed {self.seed}"
        assert self.shop.listings() == self._published(), f"seed {self.seed}"
        return f"seed {self.seed}: {len(events)} events, {dict(sorted(self.network.counts.items()))}"

    def _open(self, server: Server, folder: Path) -> None:
        receiver = self._opened.enter_context(Receiver())
        receiver.validates_bodies = False
        _, secret = self.person.endpoint(receiver.url)
        settings = {"WTH_API_KEY": self.person.test_key, "WTH_API_URL": server.site, "WTH_WEBHOOK_SECRET": secret}
        self.shop = self._opened.enter_context(KilledShop(folder, settings))
        receiver.respond = self.network = LossyNetwork(self.seed, self.shop.url)
        self._opened.callback(self.api.session.close)

    def _choose_action(self) -> Callable[[], object]:
        watches = list(Listing.of(self.person.actor()).where(Listing.status == "in_stock", Listing.is_published))
        watch = self.rng.choice(watches) if watches else self.person.listing()
        actions: dict[Callable[[], object], int] = {
            lambda: edit(self.person, watch, self.rng.randrange(1000_00, 9000_00)): 6,
            lambda: self.person.listing(model=f"Model {self.rng.random()}"): 1,
            lambda: watch.unpublish(self.person.actor()): 1,
            lambda: self._order(watch): 2,
        }
        return self.rng.choices(list(actions), list(actions.values()))[0]

    def _order(self, watch: Listing) -> None:
        with suppress(requests.RequestException):  # the hub is killed: the order exists completely or not at all
            self.api.order(watch.id)

    def _events(self) -> list[tuple[int, str]]:
        rows = Event.of(self.person.actor()).order_by(Event.sequence)
        return [(row.sequence, row.id) for row in rows]

    def _published(self) -> dict[str, tuple[str, float]]:
        rows = self.api.list_all("/listings", published="true")
        return {row["id"]: (row["status"], row["asking_price_eur"]) for row in rows}
