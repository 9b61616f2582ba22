"""A dealer's work in the dashboard while a client uses the API: listings are added, edited, sold and restocked."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from errors import Refusal
from models.base import new_id
from models.database import connection, db
from models.listing import Listing
from tests.cast import Person
from tests.client import Client

ACTIONS = ("add", "edit", "publish", "unpublish", "sell", "restock")


def create_listings(person: Person, count: int) -> list[str]:
    """Create and publish listings in one transaction and return their ids."""
    actor = person.actor()
    with db.atomic():
        rows = [Listing.create_for(actor, watch(number)).publish(actor) for number in range(count)]
    return [row.id for row in rows]


def insert_listings(person: Person, count: int) -> list[str]:
    """Insert published listings in bulk, seven at a time with the same creation time; return their ids."""
    template = person.listing().columns()
    rows = [
        {**template, "id": new_id("inv"), "created_at": template["created_at"] - 1 - number // 7}
        for number in range(count)
    ]
    for start in range(0, count, 100):
        Listing.insert_many(rows[start : start + 100]).execute()
    return [row["id"] for row in rows]


def watch(number: int) -> dict[str, Any]:
    return {"brand": "Omega", "model": f"Model {number}", "asking_price_cents": 100_000 + number}


@contextmanager
def background_writer(person: Person, seed: int = 7) -> Iterator[list[str]]:
    """Write in a thread until the block ends; yield the list of actions, which grows meanwhile."""
    done: list[str] = []
    stop = threading.Event()
    writer = threading.Thread(target=_write, args=(person, seed, stop, done))
    writer.start()
    try:
        yield done
    finally:
        stop.set()
        writer.join(20)


def start_writer(person: Person, seed: int, count: int) -> threading.Thread:
    """Write `count` times in a thread."""
    writer = threading.Thread(target=_write, args=(person, seed, threading.Event(), [], count))
    writer.start()
    return writer


def _write(person: Person, seed: int, stop: threading.Event, done: list[str], count: int = 100_000) -> None:
    rng = random.Random(seed)  # noqa: S311 - tests have to be repeatable
    with connection():
        listing_ids = [row.id for row in Listing.of(person.actor()).select(Listing.id)]
        while len(done) < count and not stop.is_set():
            action = rng.choice(ACTIONS)
            with suppress(Refusal):  # a watch that is sold cannot be sold again
                _perform(action, person, rng, listing_ids)
            done.append(action)


def _perform(action: str, person: Person, rng: random.Random, listing_ids: list[str]) -> None:
    actor = person.actor()
    if action == "add":
        Listing.create_for(actor, watch(rng.randrange(10_000))).publish(actor)
        return
    listing = Listing.find(actor, rng.choice(listing_ids))
    if action == "edit":
        listing.change(actor, {"asking_price_cents": rng.randrange(1, 10**8)})
    else:
        getattr(listing, action)(actor)


def iterate_pages(api: Client, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    """Yield the pages of a list."""
    page = api.get(path, **query).json()
    yield page
    while page["has_more"]:
        page = api.get(path, **{**query, "after": page["next_cursor"]}).json()
        yield page
