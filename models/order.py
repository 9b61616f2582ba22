"""Orders: placing one sells its watches, cancelling it returns them to stock."""

from collections.abc import Mapping, Sequence
from typing import Any, Self, cast

import peewee

from errors import Invalid, Refusal
from models.base import JsonText, insert_rows, new_id
from models.clock import format_rfc3339
from models.compared_text import CopiedText, SearchText
from models.cursor import ListPage
from models.customer import Customer, complete_address
from models.dealer import Actor
from models.delivery.event import Event
from models.keyset import KeysetQuery
from models.listing import IN_STOCK, SOLD, Listing
from models.money import to_euro
from models.order_item import OrderItem, PricedListing, price_items
from models.scoped import ScopedRow
from models.statement import Statement, row_statement
from spec import types
from spec.characters import normalize_text

RECEIVED, FULFILLED, CANCELLED = "received", "fulfilled", "cancelled"
TRACKING_FIELDS = ("carrier", "number", "url")
PERSONAL_FIELDS = ("shipping_address", "billing_address", "note", "tracking", "cancel_reason")


class Order(ScopedRow):
    """A sale of one or more watches to one customer."""

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
    external_id_normalized = CopiedText("external_id", normalize_text)
    search_text = SearchText("id", "external_id")

    _buyer: Customer | None = None
    _items: list[OrderItem] | None = None

    class Meta:
        table_name = "sales_order"

    # Queries

    @classmethod
    def page(
        cls, actor: Actor, filters: Mapping[str, Any], *, after: str | None, limit: int, since: int | None
    ) -> ListPage:
        """Return one page of the API's list; `since` is in ms.

        Filters: `status`, `external_id`, `listing_id` (str); None matches all.
        """
        return LIST_QUERY.page(actor, filters, after=after, limit=limit, since=since, serialize=serialize_orders)

    # Changes

    @classmethod
    def place(cls, actor: Actor, fields: Mapping[str, Any]) -> Self:
        """Create an order, mark its listings as sold and record the events, atomically.

        `fields` is an OrderInput of the spec. Raises `duplicate_external_id`, `listing_not_found`,
        `listing_not_available`, `customer_not_found`, `customer_ambiguous`, `validation_failed`.
        """
        with actor.dealer.locked() as at:
            cls._require_unused_external_id(actor, fields.get("external_id"))
            items = price_items(actor, fields["items"])
            order = cls._create(actor, fields, _find_or_create_buyer(actor, fields["customer"]), items, at)
            order._items = OrderItem.create_all(order.id, items)
            for listing, _ in items:
                listing.set_status(SOLD, at, held_by=order.id)
            order._record(actor, "order.received", [listing for listing, _ in items])
            return order

    @classmethod
    def _require_unused_external_id(cls, actor: Actor, external_id: str | None) -> None:
        if external_id is None:
            return
        scope = {"dealer": actor.dealer.id, "is_test": actor.is_test}
        values = {"external_id": external_id, "normalized": normalize_text(external_id)}
        if FIND_EXTERNAL_ID.fetch_one(**scope, **values):
            raise Refusal(
                "duplicate_external_id",
                "Another order already has this external_id. Get it with GET /orders?external_id=….",
                param="$.external_id",
            )

    @classmethod
    def _create(
        cls, actor: Actor, fields: Mapping[str, Any], buyer: Customer, items: Sequence[PricedListing], at: int
    ) -> Self:
        values = {
            "id": new_id("ord"),
            "dealer": actor.dealer.id,
            "is_test": actor.is_test,
            "external_id": fields.get("external_id"),
            "status": RECEIVED,
            "origin": "api" if actor.origin == "api" else "dashboard",
            "customer": buyer.id,
            "total_cents": sum(price for _, price in items),
            "shipping_address": complete_address(fields.get("shipping_address")),
            "billing_address": complete_address(fields.get("billing_address")),
            "note": fields.get("note"),
            "metadata": fields.get("metadata") or {},
            "created_at": at,
            "updated_at": at,
        }
        order = cls.of_values(values)
        insert_rows([order])
        order._buyer = buyer
        return order

    def cancel(self, actor: Actor, reason: str | None) -> Self:
        """Cancel the order and return its watches to stock.

        Raises `order_not_cancellable` unless it is `received`.
        """
        with actor.dealer.locked() as at:
            order = Order.find(actor, self.id)
            order._require_received("order_not_cancellable", "cancelled")
            order.status, order.cancel_reason = CANCELLED, reason
            order.cancelled_at = order.updated_at = at
            order.save()
            listings = order._listings()
            for listing in listings:
                listing.set_status(IN_STOCK, at)
            order._record(actor, "order.cancelled", listings)
            return cast("Self", order)

    def fulfil(self, actor: Actor, tracking: Mapping[str, str | None] | None) -> Self:
        """Mark the order as fulfilled. `tracking` may have `carrier`, `number` and `url`.

        Raises `order_not_fulfillable` unless the order is `received`.
        """
        with actor.dealer.locked() as at:
            order = Order.find(actor, self.id)
            order._require_received("order_not_fulfillable", "fulfilled")
            order.status, order.fulfilled_at, order.updated_at = FULFILLED, at, at
            order.tracking = {name: tracking.get(name) for name in TRACKING_FIELDS} if tracking else None
            order.save()
            for listing in order._listings():
                listing.held_by = None
                listing.save()
            Event.record(actor, "order.fulfilled", order.to_dict())
            return cast("Self", order)

    def _require_received(self, code: str, participle: str) -> None:
        if self.status != RECEIVED:
            raise Refusal(code, f"This order is {self.status}. Only a received order can be {participle}.")

    def _record(self, actor: Actor, event_type: str, listings: Sequence[Listing]) -> None:
        """Record the order's event, then those of its listings."""
        changes = [(event_type, self.to_dict()), *(change for row in listings for change in row.status_changes())]
        Event.record_all(actor, changes)

    def _listings(self) -> list[Listing]:
        return FIND_LISTINGS.fetch_all(order_id=self.id)

    def to_dict(self) -> types.Order:
        """Return the Order of the API.

        Loads the customer and the items once.
        """
        if self._buyer is None:
            self._buyer = self.find_related(Customer, self.__data__["customer"])
        if self._items is None:
            self._items = OrderItem.of(self.id)
        return _serialize_order(self.columns(), self._buyer.to_dict(), [item.to_dict() for item in self._items])


def _find_or_create_buyer(actor: Actor, customer: Mapping[str, Any]) -> Customer:
    customer_id = customer.get("id")
    if customer_id is None:
        fields = {name: value for name, value in customer.items() if name != "id"}
        return Customer.upsert(actor, fields, path="$.customer")[0]
    if any(value is not None for name, value in customer.items() if name != "id"):
        raise Invalid("Send either the customer's ID or the customer's fields, not both.", param="$.customer")
    return Customer.find(actor, customer_id, param="$.customer.id")


def serialize_orders(rows: Sequence[Mapping[str, Any]]) -> list[types.Order]:
    """Return the Orders of the API, with two queries for customers and items.

    The rows are of one dealer and mode.
    """
    if not rows:
        return []
    customer_ids = list({row["customer"] for row in rows})
    found = FIND_CUSTOMERS.fetch_all(dealer=rows[0]["dealer"], is_test=rows[0]["is_test"], customer_ids=customer_ids)
    customers = {customer.id: customer.to_dict() for customer in found}
    items = OrderItem.by_order([row["id"] for row in rows])
    return [_serialize_order(row, customers[row["customer"]], items[row["id"]]) for row in rows]


def _serialize_order(row: Mapping[str, Any], customer: types.Customer, items: list[types.OrderItem]) -> types.Order:
    return {
        "id": row["id"],
        "object": "order",
        "is_test": row["is_test"],
        "external_id": row["external_id"],
        "status": row["status"],
        "origin": row["origin"],
        "customer": customer,
        "items": items,
        "total_eur": to_euro(row["total_cents"]),
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


def _select_external_id(dealer: Any, is_test: Any, external_id: Any, normalized: Any) -> Any:
    """Select equal identifiers, and the same one: its copy may not be filled yet."""
    scope = Order.select(Order.id).where(Order.dealer == dealer, Order.is_test == is_test)
    return scope.where(Order.external_id_normalized == normalized) | scope.where(Order.external_id == external_id)


FIND_EXTERNAL_ID: Statement[Any] = Statement(_select_external_id, tuple)
FIND_CUSTOMERS = row_statement(
    Customer,
    lambda dealer, is_test, customer_ids: Customer.select().where(
        Customer.dealer == dealer, Customer.is_test == is_test, Customer.id.in_(customer_ids)
    ),
)
FIND_LISTINGS = row_statement(
    Listing,
    lambda order_id: (
        Listing.select().join(OrderItem).where(OrderItem.order_id == order_id).order_by(OrderItem.position)
    ),
)
LIST_QUERY = KeysetQuery(
    Order,
    conditions={
        "status": "status = {}",
        "external_id": "external_id_normalized = {}",
        "listing_id": "id IN (SELECT order_id FROM order_item WHERE listing_id = {})",
    },
    to_compared={"external_id": normalize_text},
)
