"""Order items: the watches of an order, with the price of each."""

from collections.abc import Mapping, Sequence
from typing import Any

import peewee

from errors import Invalid, NotFound, Refusal
from models.base import Row, insert_rows
from models.compared_text import SearchText
from models.dealer import Actor
from models.listing import IN_STOCK, Listing
from models.money import to_cents, to_euro
from models.statement import row_statement
from spec import types

PricedListing = tuple[Listing, int]  # and its price in cents


class OrderItem(Row):
    """A watch in an order, with its name and price at the time of the sale."""

    order_id = peewee.TextField()
    position = peewee.IntegerField()
    listing = peewee.ForeignKeyField(Listing)
    brand = peewee.TextField()
    model = peewee.TextField()
    reference = peewee.TextField(null=True)
    price_cents = peewee.BigIntegerField()
    search_text = SearchText("listing", "brand", "model", "reference")

    class Meta:
        primary_key = peewee.CompositeKey("order_id", "position")

    @classmethod
    def create_all(cls, order_id: str, items: Sequence[PricedListing]) -> "list[OrderItem]":
        rows = [
            cls.of_values(
                {
                    "order_id": order_id,
                    "position": position,
                    "listing": listing.id,
                    "brand": listing.brand,
                    "model": listing.model,
                    "reference": listing.reference,
                    "price_cents": price,
                }
            )
            for position, (listing, price) in enumerate(items)
        ]
        insert_rows(rows)
        return rows

    @classmethod
    def of(cls, order_id: str) -> list["OrderItem"]:
        return FIND_BY_ORDER.fetch_all(order_ids=[order_id])

    @classmethod
    def by_order(cls, order_ids: Sequence[str]) -> dict[str, list[types.OrderItem]]:
        """Return the OrderItems of the API by order id, with one query."""
        items: dict[str, list[types.OrderItem]] = {order_id: [] for order_id in order_ids}
        for row in FIND_BY_ORDER.fetch_all(order_ids=list(order_ids)):
            items[row.order_id].append(row.to_dict())
        return items

    def to_dict(self) -> types.OrderItem:
        return {
            "listing_id": self.__data__["listing"],
            "brand": self.brand,
            "model": self.model,
            "reference": self.reference,
            "price_eur": to_euro(self.price_cents),
        }


FIND_BY_ORDER = row_statement(
    OrderItem,
    lambda order_ids: OrderItem.select().where(OrderItem.order_id.in_(order_ids)).order_by(OrderItem.position),
)


def price_items(actor: Actor, items: Sequence[Mapping[str, Any]]) -> list[PricedListing]:
    """Look up the listings and prices of OrderItemInputs, in the same order.

    Raises `listing_not_found`, `listing_not_available` or `validation_failed` with `param` at the first bad item.
    """
    prices = [_parse_price(item, index) for index, item in enumerate(items)]
    listing_ids = [Listing.resolve_id(actor, item["listing_id"]) for item in items]
    listings = {row.id: row for row in Listing.find_all_on_channel(actor, listing_ids)}
    priced: list[PricedListing] = []
    for index, price in enumerate(prices):
        listing = _require_for_sale(listings, listing_ids, index)
        priced.append((listing, listing.asking_price_cents if price is None else price))
    return priced


def _parse_price(item: Mapping[str, Any], index: int) -> int | None:
    price_eur = item.get("price_eur")
    return None if price_eur is None else to_cents(price_eur, param=f"$.items[{index}].price_eur")


def _require_for_sale(listings: Mapping[str, Listing], listing_ids: Sequence[str], index: int) -> Listing:
    listing_id, param = listing_ids[index], f"$.items[{index}].listing_id"
    if listing_id in listing_ids[:index]:
        raise Invalid("This listing is already in the order. Remove the second one.", param=param)
    if listing_id not in listings:
        raise NotFound("listing", param=param)
    listing = listings[listing_id]
    if listing.status != IN_STOCK or not listing.is_published:
        raise Refusal(
            "listing_not_available",
            f"The listing {listing_id} is no longer for sale. Remove it from the order and from your shop.",
            param=param,
        )
    return listing
