"""Counts of a dealer's watches, which triggers of the database keep."""

import peewee

from models.base import Row
from models.dealer import Actor, Dealer
from models.statement import row_statement


class ListingCount(Row):
    """The watches in stock in one mode, and the published ones among them."""

    dealer = peewee.ForeignKeyField(Dealer)
    is_test = peewee.BooleanField()
    in_stock = peewee.BigIntegerField()
    published = peewee.BigIntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("dealer", "is_test")

    @classmethod
    def of(cls, actor: Actor) -> "ListingCount":
        """Return the actor's counts, zeros before the first listing."""
        found = FIND.fetch_one(dealer=actor.dealer.id, is_test=actor.is_test)
        return found or cls(dealer=actor.dealer, is_test=actor.is_test, in_stock=0, published=0)


FIND = row_statement(
    ListingCount,
    lambda dealer, is_test: ListingCount.select().where(ListingCount.dealer == dealer, ListingCount.is_test == is_test),
)
