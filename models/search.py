"""The searches behind the dashboard's tables: filters in, one numbered page and a count out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import peewee

from models.audit import AuditEntry
from models.customer import Customer
from models.dealer import Actor, Dealer
from models.delivery import Delivery
from models.event import Event
from models.listing import Listing
from models.order import Order
from models.sale import OrderItem

ROWS_PER_PAGE = 50

Filters = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """One page of a search; pages count from 1."""

    rows: Sequence[Any]
    count: int
    page: int
    per_page: int = ROWS_PER_PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // self.per_page))

    @property
    def first(self) -> int:
        return (self.page - 1) * self.per_page + 1 if self.count else 0

    @property
    def last(self) -> int:
        return min(self.page * self.per_page, self.count)


def listings(actor: Actor, filters: Filters, page: int = 1) -> Found:
    """Filters: `q` (brand, model, reference, title, SKU, serial number), `status`, `published`."""
    query = listings_matching(actor, filters).order_by(Listing.created_at.desc(), Listing.id.desc())
    return _cut(query, page)


def listings_matching(actor: Actor, filters: Filters) -> "peewee.ModelSelect[Listing]":
    row = Listing
    query = row.of(actor)
    for word in _words(filters):
        query = query.where(
            _contains(word, row.id, row.brand, row.model, row.reference, row.title, row.sku, row.serial_number)
        )
    if status := filters.get("status"):
        query = query.where(row.status == status)
    if published := filters.get("published"):
        query = query.where(row.is_published == (published == "yes"))
    return query


def orders(actor: Actor, filters: Filters, page: int = 1) -> Found:
    """Filters: `q` (id, external id, customer, watch), `status`, `customer` (id)."""
    query = Order.of(actor).join(Customer).order_by(Order.created_at.desc(), Order.id.desc())
    for word in _words(filters):
        items = OrderItem.select(OrderItem.order_id).where(
            _contains(word, OrderItem.listing, OrderItem.brand, OrderItem.model, OrderItem.reference)
        )
        said = _contains(word, Order.id, Order.external_id, *_customer_columns())
        query = query.where(said | Order.id.in_(items))
    if status := filters.get("status"):
        query = query.where(Order.status == status)
    if customer := filters.get("customer"):
        query = query.where(Order.customer == customer)
    return _cut(query, page)


def customers(actor: Actor, filters: Filters, page: int = 1) -> Found:
    """Filters: `q` (name, company, e-mail, phone, external id)."""
    query = Customer.of(actor).order_by(Customer.created_at.desc(), Customer.id.desc())
    for word in _words(filters):
        query = query.where(_contains(word, *_customer_columns()))
    return _cut(query, page)


def deliveries(dealer: Dealer, filters: Filters, page: int = 1) -> Found:
    """Filters: `state`, `event` (type or `listing.*`), `mode`, `endpoint`, `resource`, `since`, `until` (ms)."""
    query = deliveries_matching(dealer, filters).order_by(Delivery.created_at.desc(), Delivery.id.desc())
    return _cut(query, page)


def deliveries_matching(dealer: Dealer, filters: Filters) -> "peewee.ModelSelect[Delivery]":
    return _narrowed(Delivery.of(dealer), filters)


def anyones_deliveries(filters: Filters) -> "peewee.ModelSelect[Delivery]":
    """Of all dealers: for the hub's operator only."""
    return _narrowed(Delivery.select(), filters)


def _narrowed(query: "peewee.ModelSelect[Delivery]", filters: Filters) -> "peewee.ModelSelect[Delivery]":
    for name, column in (("state", Delivery.state), ("endpoint", Delivery.endpoint)):
        if value := filters.get(name):
            query = query.where(column == value)
    if resource := filters.get("resource"):
        query = query.where(
            (Delivery.resource_id == resource) | (Delivery.event_id == resource) | (Delivery.id == resource)
        )
    if mode := filters.get("mode"):
        query = query.where(Delivery.is_test == (mode == "test"))
    if since := filters.get("since"):
        query = query.where(Delivery.created_at >= since)
    if until := filters.get("until"):
        query = query.where(Delivery.created_at <= until)
    return query.where(_of_type(Delivery.event_type, filters.get("event")))


def events(actor: Actor, filters: Filters, page: int = 1) -> Found:
    """Filters: `event` (type or `listing.*`), `resource` (or the event's own id); newest first."""
    query = Event.kept(actor).where(_of_type(Event.type, filters.get("event")))
    if resource := filters.get("resource"):
        query = query.where((Event.resource_id == resource) | (Event.id == resource))
    return _cut(query.order_by(Event.sequence.desc()), page)


def anyones_events(dealer: Dealer | None, *, is_test: bool | None, after: int | None, limit: int) -> list[Event]:
    """Oldest first: the next ones after a sequence, else the newest. Of all dealers, for the operator, without one."""
    given: list[tuple[Any, Any]] = [(Event.dealer, dealer), (Event.is_test, is_test)]
    query = Event.select().where(*[column == value for column, value in given if value is not None], True)
    if after is not None:
        return list(query.where(Event.sequence > after).order_by(Event.created_at, Event.sequence).limit(limit))
    return list(query.order_by(Event.created_at.desc(), Event.sequence.desc()).limit(limit))[::-1]


def audit_entries(dealer: Dealer, filters: Filters, page: int = 1) -> Found:
    """Filters: `q` (person, action, subject, summary)."""
    row = AuditEntry
    query = row.of(dealer).order_by(row.created_at.desc(), row.id.desc())
    for word in _words(filters):
        query = query.where(_contains(word, row.email, row.action, row.subject_id, row.summary))
    return _cut(query, page)


def _cut(query: "peewee.ModelSelect[Any]", page: int) -> Found:
    count = query.count()
    page = max(1, min(page, -(-count // ROWS_PER_PAGE)))
    return Found(list(query.paginate(page, ROWS_PER_PAGE)), count, page)


def _words(filters: Filters) -> list[str]:
    return str(filters.get("q") or "").split()[:8]


def _contains(word: str, *columns: Any) -> Any:
    return reduce(or_, (column.contains(word) for column in columns))


def _customer_columns() -> tuple[Any, ...]:
    row = Customer
    return row.id, row.external_id, row.email, row.phone, row.first_name, row.last_name, row.company


def _of_type(column: Any, pattern: str | None) -> Any:
    if not pattern or pattern == "*":
        return column.is_null(False)
    return column.startswith(pattern[:-1]) if pattern.endswith(".*") else column == pattern
