"""Orders: placing one sells its watches, cancelling one returns them to stock."""

from collections.abc import Mapping, Sequence
from typing import Any, Self, cast

import peewee

from errors import Invalid, NotFound, Refusal
from models.base import JsonText, Row, fetch_dicts, new_id
from models.clock import format_rfc3339
from models.cursor import ListPage
from models.customer import Customer, whole_address
from models.customer import shape as customer_shape
from models.dealer import Actor, Dealer
from models.delivery.event import Event
from models.keyset import KeysetQuery
from models.listing import IN_STOCK, SOLD, Listing
from models.money import euro
from models.order_item import OrderItem, Sale, sales_of
from spec import types

RECEIVED, FULFILLED, CANCELLED = "received", "fulfilled", "cancelled"
PERSONAL_FIELDS = ("shipping_address", "billing_address", "note", "tracking", "cancel_reason")


class Order(Row):
    """A sale of one or more watches to one customer."""

    id = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    is_test = peewee.BooleanField()
    external_id = peewee.TextField(null=True)
    status = peewee.TextField()
    origin = peewee.TextField()
    customer = peewee.ForeignKeyField(Customer)
    total_cents = peewee.BigIntegerField()
    shipping_address = JsonText(null=True)
    billing_address = JsonText(null=True)
    note = peewee.TextField(null=True)
    tracking = JsonText(null=True)
    metadata = JsonText()
    created_at = peewee.BigIntegerField()
    updated_at = peewee.BigIntegerField()
    fulfilled_at = peewee.BigIntegerField(null=True)
    cancelled_at = peewee.BigIntegerField(null=True)
    cancel_reason = peewee.TextField(null=True)

    class Meta:
        table_name = "sales_order"

    # finders

    @classmethod
    def of(cls, actor: Actor) -> "peewee.ModelSelect[Self]":
        return cls.select().where(cls.dealer == actor.dealer, cls.is_test == actor.is_test)

    @classmethod
    def find(cls, actor: Actor, order_id: str) -> Self:
        order = cls.of(actor).where(cls.id == order_id).first()
        if order is None:
            raise NotFound("order")
        return cast("Self", order)

    @classmethod
    def page(
        cls, actor: Actor, filters: Mapping[str, Any], *, after: str | None, limit: int, since: int | None
    ) -> ListPage:
        """Filters: status, external_id, listing_id."""
        return LIST_QUERY.page(actor, filters, after=after, limit=limit, since=since, shape=_shapes)

    # verbs

    @classmethod
    def place(cls, actor: Actor, given: Mapping[str, Any]) -> Self:
        """Order, sold listings and their events, or nothing at all.

        `given` is the OrderInput of the document. Raises `duplicate_external_id`, `listing_not_found`,
        `listing_not_available`, `customer_not_found`, `customer_ambiguous`, `validation_failed`.
        """
        with actor.dealer.locked() as at:
            cls._refuse_taken(actor, given.get("external_id"))
            sales = sales_of(actor, given["items"])
            order = cls._create(actor, given, _buyer(actor, given["customer"]), sales, at)
            OrderItem.create_all(order.id, sales)
            for listing, _ in sales:
                listing.become(SOLD, at, held_by=order.id)
            Event.record(actor, "order.received", order.to_dict())
            for listing, _ in sales:
                listing.announce(actor)
            return order

    @classmethod
    def _refuse_taken(cls, actor: Actor, external_id: str | None) -> None:
        if external_id is not None and cls.of(actor).where(cls.external_id == external_id).exists():
            raise Refusal(
                "duplicate_external_id",
                "An order with this external_id exists already; fetch it with GET /orders?external_id=….",
                param="$.external_id",
            )

    @classmethod
    def _create(cls, actor: Actor, given: Mapping[str, Any], buyer: Customer, sales: Sequence[Sale], at: int) -> Self:
        return cls.create(
            id=new_id("ord"),
            dealer=actor.dealer,
            is_test=actor.is_test,
            external_id=given.get("external_id"),
            status=RECEIVED,
            origin="api" if actor.origin == "api" else "dashboard",
            customer=buyer,
            total_cents=sum(price for _, price in sales),
            shipping_address=whole_address(given.get("shipping_address")),
            billing_address=whole_address(given.get("billing_address")),
            note=given.get("note"),
            metadata=given.get("metadata") or {},
            created_at=at,
            updated_at=at,
        )

    def cancel(self, actor: Actor, reason: str | None) -> Self:
        """Raises `order_not_cancellable` unless the order is `received`. Its watches return to stock."""
        with actor.dealer.locked() as at:
            order = Order.find(actor, self.id)
            order._refuse_unless_received("order_not_cancellable", "cancelled")
            order.status, order.cancelled_at, order.updated_at, order.cancel_reason = (
                CANCELLED,
                at,
                at,
                reason,
            )
            order.save()
            listings = order._listings()
            for listing in listings:
                listing.become(IN_STOCK, at)
            Event.record(actor, "order.cancelled", order.to_dict())
            for listing in listings:
                listing.announce(actor)
            return cast("Self", order)

    def fulfil(self, actor: Actor, tracking: Mapping[str, str | None] | None) -> Self:
        """Raises `order_not_fulfillable` unless the order is `received`. `tracking`: carrier, number, url."""
        with actor.dealer.locked() as at:
            order = Order.find(actor, self.id)
            order._refuse_unless_received("order_not_fulfillable", "fulfilled")
            order.status, order.fulfilled_at, order.updated_at = FULFILLED, at, at
            order.tracking = {part: tracking.get(part) for part in ("carrier", "number", "url")} if tracking else None
            order.save()
            for listing in order._listings():
                listing.held_by = None
                listing.save()
            Event.record(actor, "order.fulfilled", order.to_dict())
            return cast("Self", order)

    def _refuse_unless_received(self, code: str, participle: str) -> None:
        if self.status != RECEIVED:
            raise Refusal(
                code,
                f"This order is {self.status}; only an order that is received can be {participle}.",
            )

    def _listings(self) -> list[Listing]:
        return list(Listing.select().join(OrderItem).where(OrderItem.order_id == self.id).order_by(OrderItem.position))

    def to_dict(self) -> types.Order:
        return _shapes([self.columns()])[0]


def _buyer(actor: Actor, given: Mapping[str, Any]) -> Customer:
    customer_id = given.get("id")
    if customer_id is None:
        named = {name: value for name, value in given.items() if name != "id"}
        return Customer.upsert(actor, named, at="$.customer")[0]
    if len(given) > 1:
        raise Invalid("Give either the customer's id or the customer's fields.", param="$.customer")
    return Customer.find(actor, customer_id, param="$.customer.id")


def _shapes(rows: Sequence[Mapping[str, Any]]) -> list[types.Order]:
    customers = {
        row["id"]: customer_shape(row)
        for row in fetch_dicts(Customer.select().where(Customer.id.in_([row["customer"] for row in rows])))
    }
    items = OrderItem.by_order([row["id"] for row in rows])
    return [_shape(row, customers[row["customer"]], items[row["id"]]) for row in rows]


def _shape(row: Mapping[str, Any], customer: types.Customer, items: list[types.OrderItem]) -> types.Order:
    return {
        "id": row["id"],
        "object": "order",
        "is_test": row["is_test"],
        "external_id": row["external_id"],
        "status": row["status"],
        "origin": row["origin"],
        "customer": customer,
        "items": items,
        "total_eur": euro(row["total_cents"]),
        "shipping_address": row["shipping_address"],
        "billing_address": row["billing_address"],
        "note": row["note"],
        "tracking": row["tracking"],
        "metadata": row["metadata"],
        "created_at": format_rfc3339(row["created_at"]),
        "updated_at": format_rfc3339(row["updated_at"]),
        "fulfilled_at": format_rfc3339(row["fulfilled_at"]),
        "cancelled_at": format_rfc3339(row["cancelled_at"]),
        "cancel_reason": row["cancel_reason"],
    }


LIST_QUERY = KeysetQuery(
    Order,
    filters={
        "status": "status = {}",
        "external_id": "external_id = {}",
        "listing_id": "id IN (SELECT order_id FROM order_item WHERE listing_id = {})",
    },
)
