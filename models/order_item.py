"""What an order is made of: watches that are for sale, each at its price."""

from collections.abc import Mapping, Sequence
from typing import Any

import peewee

from errors import Invalid, NotFound, Refusal
from models.base import Row, fetch_dicts
from models.dealer import Actor
from models.listing import IN_STOCK, Listing, find_all_on_channel
from models.money import cents, euro
from spec import types

Sale = tuple[Listing, int]


class OrderItem(Row):
    """A watch in an order, with what it was called and cost when it was sold."""

    order_id = peewee.TextField()
    position = peewee.IntegerField()
    listing = peewee.ForeignKeyField(Listing)
    brand = peewee.TextField()
    model = peewee.TextField()
    reference = peewee.TextField(null=True)
    price_cents = peewee.BigIntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("order_id", "position")

    @classmethod
    def create_all(cls, order_id: str, sales: Sequence[Sale]) -> None:
        rows = [
            {
                "order_id": order_id,
                "position": position,
                "listing": listing,
                "brand": listing.brand,
                "model": listing.model,
                "reference": listing.reference,
                "price_cents": price,
            }
            for position, (listing, price) in enumerate(sales)
        ]
        cls.insert_many(rows).execute()

    @classmethod
    def of(cls, order_id: str) -> list["OrderItem"]:
        return list(cls.select().where(cls.order_id == order_id).order_by(cls.position))

    @classmethod
    def by_order(cls, order_ids: Sequence[str]) -> dict[str, list[types.OrderItem]]:
        """The public items of several orders with one query."""
        items: dict[str, list[types.OrderItem]] = {order_id: [] for order_id in order_ids}
        for row in fetch_dicts(cls.select().where(cls.order_id.in_(list(order_ids))).order_by(cls.position)):
            items[row["order_id"]].append(_shape(row))
        return items


def sales_of(actor: Actor, items: Sequence[Mapping[str, Any]]) -> list[Sale]:
    """The wanted listings with their prices in cents, in the order's order, each found to be for sale.

    Raises `listing_not_found`, `listing_not_available` or `validation_failed` with `param` at the first bad item.
    """
    wanted = [item["listing_id"] for item in items]
    listings = find_all_on_channel(actor, wanted)
    sales: list[Sale] = []
    for index, item in enumerate(items):
        listing = _for_sale(listings, wanted, index)
        sales.append((listing, _price(listing, item, index)))
    return sales


def _for_sale(listings: Mapping[str, Listing], wanted: Sequence[str], index: int) -> Listing:
    listing_id, param = wanted[index], f"$.items[{index}].listing_id"
    if listing_id in wanted[:index]:
        raise Invalid("The same listing stands in this order twice.", param=param)
    if listing_id not in listings:
        raise NotFound("listing", param=param)
    listing = listings[listing_id]
    if listing.status != IN_STOCK or not listing.is_published:
        raise Refusal(
            "listing_not_available",
            f"The listing {listing_id} is no longer for sale; fetch it again and take it off your shop.",
            param=param,
        )
    return listing


def _price(listing: Listing, item: Mapping[str, Any], index: int) -> int:
    given = item.get("price_eur")
    return listing.asking_price_cents if given is None else cents(given, param=f"$.items[{index}].price_eur")


def _shape(row: Mapping[str, Any]) -> types.OrderItem:
    return {
        "listing_id": row["listing"],
        "brand": row["brand"],
        "model": row["model"],
        "reference": row["reference"],
        "price_eur": euro(row["price_cents"]),
    }
