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
from models.endpoint import EVENT_TYPES
from models.event import Event
from models.listing import Listing
from models.order import Order
from models.sale import OrderItem

ROWS_PER_PAGE = 50
MOST_COUNTED = 10_000  # nobody turns further pages, and counting a million rows takes longer than the page may

NEWEST_DELIVERY = (Delivery.created_at.desc(), Delivery.id.desc())

Filters = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """One page of a search; pages count from 1. With `has_more` there are more than `count`, and no page shows them."""

    rows: Sequence[Any]
    count: int
    page: int
    per_page: int = ROWS_PER_PAGE
    has_more: bool = False

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
    pattern = filters.get("event") or ""
    if not pattern.endswith(".*"):
        return _cut(deliveries_matching(dealer, filters).order_by(*NEWEST_DELIVERY), page)
    types = [event_type for event_type in EVENT_TYPES if event_type.startswith(pattern[:-1])]
    return _merge([deliveries_matching(dealer, {**filters, "event": event_type}) for event_type in types], page)


def deliveries_matching(dealer: Dealer, filters: Filters) -> "peewee.ModelSelect[Delivery]":
    if not filters.get("resource"):
        return _narrowed(Delivery.of(dealer), filters)
    # An id leaves few rows; a dealer whom no index fits cannot tempt SQLite to walk through all that is theirs.
    return _narrowed(Delivery.select().where(Delivery.dealer.concat("") == dealer.id), filters)


def anyones_deliveries(filters: Filters) -> "peewee.ModelSelect[Delivery]":
    """Of all dealers: for the hub's operator only."""
    return _narrowed(Delivery.select(), filters)


def _narrowed(query: "peewee.ModelSelect[Delivery]", filters: Filters) -> "peewee.ModelSelect[Delivery]":
    for name, column in (("state", Delivery.state), ("endpoint", Delivery.endpoint)):
        if value := filters.get(name):
            query = query.where(column == value)
    if resource := filters.get("resource"):
        query = query.where(_about(resource))
    if mode := filters.get("mode"):
        query = query.where(Delivery.is_test == (mode == "test"))
    if since := filters.get("since"):
        query = query.where(Delivery.created_at >= since)
    if until := filters.get("until"):
        query = query.where(Delivery.created_at <= until)
    pattern = filters.get("event")
    return query.where(_of_type(Delivery.event_type, pattern)) if pattern else query


def _about(given_id: str) -> Any:
    """A delivery's id, an event's, or that of what the event is about; ids say what they are of."""
    column = {"dlv": Delivery.id, "evt": Delivery.event_id}.get(given_id[:3], Delivery.resource_id)
    return column == given_id


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
    count = query.limit(MOST_COUNTED + 1).count()
    page = _within(count, page)
    rows = list(query.paginate(page, ROWS_PER_PAGE))
    return Found(rows, min(count, MOST_COUNTED), page, has_more=count > MOST_COUNTED)


def _within(count: int, page: int) -> int:
    return max(1, min(page, -(-min(count, MOST_COUNTED) // ROWS_PER_PAGE)))


def _merge(queries: "Sequence[peewee.ModelSelect[Delivery]]", page: int) -> Found:
    """The newest of several searches: each reads its index in order, one with all their types would have to sort."""
    count = sum(query.limit(MOST_COUNTED + 1).count() for query in queries)
    page = _within(count, page)
    newest = [_first_ids(query, page * ROWS_PER_PAGE, f"part_{number}") for number, query in enumerate(queries)]
    merged = reduce(lambda one, other: one.union_all(other), newest).alias("merged")
    ids = peewee.Select([merged], [merged.c.id]).order_by(merged.c.created_at.desc(), merged.c.id.desc())
    query = Delivery.select().where(Delivery.id.in_(ids.paginate(page, ROWS_PER_PAGE)))
    rows = list(query.order_by(*NEWEST_DELIVERY))
    return Found(rows, min(count, MOST_COUNTED), page, has_more=count > MOST_COUNTED)


def _first_ids(query: "peewee.ModelSelect[Delivery]", count: int, name: str) -> Any:
    part = query.select(Delivery.id, Delivery.created_at).order_by(*NEWEST_DELIVERY).limit(count).alias(name)
    return peewee.Select([part], [part.c.id, part.c.created_at])


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
