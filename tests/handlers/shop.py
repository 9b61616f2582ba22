"""What goes on in a dealer's shop while someone else uses the API: watches come, change, go and come back."""

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

DEEDS = ("add", "edit", "publish", "unpublish", "sell", "restock")


def stock(person: Person, count: int) -> list[str]:
    """The ids of that many new published listings, committed together."""
    actor = person.actor()
    with db.atomic():
        rows = [Listing.create_for(actor, watch(number)).publish(actor) for number in range(count)]
    return [row.id for row in rows]


def stock_room(person: Person, count: int) -> list[str]:
    """That many published listings as fast as the database takes them, seven at a time with one creation time."""
    first = person.listing().columns()
    rows = [
        {**first, "id": new_id("inv"), "created_at": first["created_at"] - 1 - number // 7} for number in range(count)
    ]
    for start in range(0, count, 100):
        Listing.insert_many(rows[start : start + 100]).execute()
    return [row["id"] for row in rows]


def watch(number: int) -> dict[str, Any]:
    return {"brand": "Omega", "model": f"Model {number}", "asking_price_cents": 100_000 + number}


@contextmanager
def busy(person: Person, seed: int = 7) -> Iterator[list[str]]:
    """Work goes on until the block ends; gives the list of what was done."""
    done: list[str] = []
    closing = threading.Event()
    worker = threading.Thread(target=work, args=(person, seed, closing, done))
    worker.start()
    try:
        yield done
    finally:
        closing.set()
        worker.join(20)


def start_work(person: Person, seed: int, times: int) -> threading.Thread:
    """Works that many times in a thread of its own."""
    worker = threading.Thread(target=work, args=(person, seed, threading.Event(), [], times))
    worker.start()
    return worker


def work(person: Person, seed: int, closing: threading.Event, done: list[str], times: int = 100_000) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test repeats itself
    with connection():
        known = [row.id for row in Listing.of(person.actor()).select(Listing.id)]
        while len(done) < times and not closing.is_set():
            deed = dice.choice(DEEDS)
            with suppress(Refusal):  # a watch that is sold cannot be sold again
                do(deed, person, dice, known)
            done.append(deed)


def do(deed: str, person: Person, dice: random.Random, known: list[str]) -> None:
    actor = person.actor()
    if deed == "add":
        Listing.create_for(actor, watch(dice.randrange(10_000))).publish(actor)
        return
    listing = Listing.find(actor, dice.choice(known))
    if deed == "edit":
        listing.change(actor, {"asking_price_cents": dice.randrange(1, 10**8)})
    else:
        getattr(listing, deed)(actor)


def pages_of(api: Client, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    page = api.get(path, **query).json()
    yield page
    while page["has_more"]:
        page = api.get(path, **{**query, "after": page["next_cursor"]}).json()
        yield page
