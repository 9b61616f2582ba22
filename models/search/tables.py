"""The searches behind the tables of watches, orders, clients and changes: filters in, one page and a count out."""

from collections.abc import Sequence
from typing import Any

import peewee

from models.accounts.audit import AuditEntry
from models.customer import Customer
from models.dealer import Actor, Dealer
from models.listing import Listing
from models.order import Order
from models.order_item import OrderItem
from models.search.pagination import Filters, ResultPage, contains, created_between, paginate, search_terms

MOST_NAMED = 250  # ids that words stand for: as many as a plan's watches


def search_listings(actor: Actor, filters: Filters, page: int = 1) -> ResultPage:
    """Filters: `q` (brand, model, reference, title, SKU, serial number), `status`, `published`, `since`, `until`."""
    query = listings_matching(actor, filters).order_by(Listing.created_at.desc(), Listing.id.desc())
    return paginate(query, page)


def listings_matching(actor: Actor, filters: Filters) -> "peewee.ModelSelect[Listing]":
    row = Listing
    query = row.of(actor)
    for word in search_terms(filters):
        query = query.where(
            contains(word, row.id, row.brand, row.model, row.reference, row.title, row.sku, row.serial_number)
        )
    if status := filters.get("status"):
        query = query.where(row.status == status)
    if published := filters.get("published"):
        query = query.where(row.is_published == (published == "yes"))
    return created_between(query, row.created_at, filters)


def search_orders(actor: Actor, filters: Filters, page: int = 1) -> ResultPage:
    """Filters: `q` (id, external id, customer, watch), `status`, `origin`, `customer` (id), `since`, `until`."""
    query = orders_matching(actor, filters).order_by(Order.created_at.desc(), Order.id.desc())
    return paginate(query, page)


def orders_matching(actor: Actor, filters: Filters) -> "peewee.ModelSelect[Order]":
    query = Order.of(actor).select(Order, Customer).join(Customer)
    for word in search_terms(filters):
        row = OrderItem
        items = row.select(row.order_id).where(
            row.order_id == Order.id, contains(word, row.listing, row.brand, row.model, row.reference)
        )
        said = contains(word, Order.id, Order.external_id, *_customer_columns())
        query = query.where(said | peewee.fn.EXISTS(items))
    for name, column in (("status", Order.status), ("origin", Order.origin), ("customer", Order.customer)):
        if value := filters.get(name):
            query = query.where(column == value)
    return created_between(query, Order.created_at, filters)


def search_customers(actor: Actor, filters: Filters, page: int = 1) -> ResultPage:
    """Filters: `q` (name, company, e-mail, phone, external id), `orders` (yes, no), `since`, `until`."""
    query = customers_matching(actor, filters).order_by(Customer.created_at.desc(), Customer.id.desc())
    return paginate(query, page)


def customers_matching(actor: Actor, filters: Filters) -> "peewee.ModelSelect[Customer]":
    query = Customer.of(actor)
    for word in search_terms(filters):
        query = query.where(contains(word, *_customer_columns()))
    if with_orders := filters.get("orders"):
        has_bought = peewee.fn.EXISTS(Order.select(Order.id).where(Order.customer == Customer.id))
        query = query.where(has_bought if with_orders == "yes" else ~has_bought)
    return created_between(query, Customer.created_at, filters)


def search_audit_entries(dealer: Dealer, filters: Filters, page: int = 1) -> ResultPage:
    """Filters: `q` (person, action, subject, summary), `email`, `noun` (of the action), `side`, `since`, `until`."""
    row = AuditEntry
    query = row.of(dealer).order_by(row.created_at.desc(), row.id.desc())
    for word in search_terms(filters):
        query = query.where(contains(word, row.email, row.action, row.subject_id, row.summary))
    if email := filters.get("email"):
        query = query.where(row.email == email)
    if noun := filters.get("noun"):
        query = query.where(row.action.startswith(f"{noun}."))
    if side := filters.get("side"):
        query = query.where(row.is_test == (side == "test"))
    return paginate(created_between(query, row.created_at, filters), page)


def ids_named(actor: Actor, words: Sequence[str]) -> list[str]:
    """Of the newest watches, orders and clients that all words fit."""
    said = {"q": " ".join(words)}
    queries: list[tuple[peewee.ModelSelect[Any], Any]] = [
        (listings_matching(actor, said), Listing),
        (orders_matching(actor, said), Order),
        (customers_matching(actor, said), Customer),
    ]
    return [
        row_id
        for query, row in queries
        for (row_id,) in query.select(row.id).order_by(row.created_at.desc()).limit(MOST_NAMED).tuples()
    ]


def _customer_columns() -> tuple[Any, ...]:
    row = Customer
    return row.id, row.external_id, row.email, row.phone, row.first_name, row.last_name, row.company
