"""The counts of watches are those of the rows, whatever writes them."""

import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from errors import Refusal
from models import erasure, sandbox
from models.database import db
from models.dealer import Actor
from models.listing import IN_STOCK, SOLD, Listing
from models.listing_batch import create_listings
from models.order import FULFILLED, RECEIVED, Order
from tests.cast import Cast

STEPS = 60
WATCH = {"brand": "Omega", "model": "Speedmaster", "asking_price_cents": 100}


def count_rows(actor: Actor) -> tuple[int, int]:
    statuses = [(row.status, row.is_published) for row in Listing.of(actor)]
    in_stock = [is_published for status, is_published in statuses if status == IN_STOCK]
    return len(in_stock), sum(in_stock)


def counted(actor: Actor) -> tuple[int, int]:
    counts = Listing.counts(actor)
    return counts["in_stock"], counts["published"]


class Dealings:
    """Random operations of one dealer; some are rejected."""

    def __init__(self, actor: Actor, rng: random.Random) -> None:
        self.actor, self.rng = actor, rng
        self.operations: list[Callable[[], object]] = [
            lambda: Listing.create_for(actor, WATCH),
            self.create_many,
            lambda: self.any_listing().publish(actor),
            lambda: self.any_listing().unpublish(actor),
            lambda: self.any_listing().sell(actor),
            lambda: self.any_listing().restock(actor),
            self.order,
            lambda: self.any_order().cancel(actor, None),
            lambda: self.any_order().fulfil(actor, None),
            lambda: erasure.erase(actor, self.any_order().customer),
            lambda: sandbox.reset(actor.dealer),
            self.sell_in_sql,
            self.roll_back,
        ]

    def any_listing(self) -> Listing:
        return self.rng.choice(list(Listing.of(self.actor)) or [Listing.create_for(self.actor, WATCH)])

    def any_order(self) -> Order:
        orders = list(Order.of(self.actor).where(Order.status.in_([RECEIVED, FULFILLED])))
        return self.rng.choice(orders) if orders else self.order()

    def create_many(self) -> None:
        statuses = [{"status": self.rng.choice([IN_STOCK, SOLD])} for _ in range(self.rng.randint(0, 4))]
        create_listings(self.actor, [{**WATCH, **status} for status in statuses], publish=self.rng.random() < 0.5)

    def order(self) -> Order:
        items = [{"listing_id": Listing.create_for(self.actor, WATCH).publish(self.actor).id} for _ in range(2)]
        return Order.place(self.actor, {"customer": {"email": "ada@shop.example"}, "items": items})

    def sell_in_sql(self) -> None:
        changes = {"status": SOLD, "updated_at": Listing.updated_at + 1}
        Listing.update(changes).where(Listing.id == self.any_listing().id).execute()

    def roll_back(self) -> None:
        with db.atomic() as transaction:
            self.create_many()
            transaction.rollback()


@pytest.mark.parametrize("is_test", [True, False])
def test_counts_are_those_of_the_rows_after_any_operation(cast: Cast, is_test: bool) -> None:
    rng = random.Random()  # noqa: S311 - test data; every run has another order
    dealings = Dealings(cast.owner.actor(is_test=is_test), rng)
    for _ in range(STEPS):
        operation = rng.choice(dealings.operations)
        with suppress(Refusal):
            operation()
        for other in (True, False):
            actor = cast.owner.actor(is_test=other)
            assert counted(actor) == count_rows(actor)
    assert counted(cast.stranger.actor()) == (0, 0)


def test_deleted_rows_are_not_counted(cast: Cast) -> None:
    kept, *others = cast.owner.listings(4)
    Listing.delete().where(Listing.id.in_([row.id for row in others])).execute()
    assert counted(cast.owner.actor()) == (1, 1)
    kept.delete_instance()
    assert counted(cast.owner.actor()) == (0, 0)
