"""Searches behind the dashboard's tables.

Filters are strings, apart from `since` and `until` (ms, inclusive); an absent or empty filter matches every row.
"""

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

MAX_IDS_PER_KIND = 250  # the inventory limit of the Business plan


def search_listings(actor: Actor, filters: Filters, page: int = 1) -> ResultPage:
    """Return one page of listings, newest first.

    Filters: `q` (id, brand, model, reference, title, SKU, serial number), `status`, `published` (`yes`, `no`), `since`,
    `until`.
    """
    query = listings_matching(actor, filters).order_by(Listing.created_at.desc(), Listing.id.desc())
    return paginate(query, page)


def listings_matching(actor: Actor, filters: Filters) -> "peewee.ModelSelect[Listing]":
    """Select listings; filters as in `search_listings`."""
    query = Listing.of(actor)
    for term in search_terms(filters):
        query = query.where(contains(term, Listing.search_text))
    if status := filters.get("status"):
        query = query.where(Listing.status == status)
    if published := filters.get("published"):
        query = query.where(Listing.is_published == (published == "yes"))
    return created_between(query, Listing.created_at, filters)


def search_orders(actor: Actor, filters: Filters, page: int = 1) -> ResultPage:
    """Return one page of orders, newest first.

    Filters: `q` (id, external id, customer, watch), `status`, `origin`, `customer` (id), `since`, `until`.
    """
    query = orders_matching(actor, filters).order_by(Order.created_at.desc(), Order.id.desc())
    return paginate(query, page)


def orders_matching(actor: Actor, filters: Filters) -> "peewee.ModelSelect[Order]":
    """Select orders with their customers; filters as in `search_orders`."""
    query = Order.of(actor).select(Order, Customer).join(Customer)
    for term in search_terms(filters):
        items = OrderItem.select(OrderItem.order_id).where(
            OrderItem.order_id == Order.id,
            contains(term, OrderItem.search_text),
        )
        is_match = contains(term, Order.search_text, Customer.search_text)
        query = query.where(is_match | peewee.fn.EXISTS(items))
    for name, column in (("status", Order.status), ("origin", Order.origin), ("customer", Order.customer)):
        if value := filters.get(name):
            query = query.where(column == value)
    return created_between(query, Order.created_at, filters)


def search_customers(actor: Actor, filters: Filters, page: int = 1) -> ResultPage:
    """Return one page of customers, newest first.

    Filters: `q` (id, name, company, email, phone, external id), `orders` (`yes`, `no`), `since`, `until`.
    """
    query = customers_matching(actor, filters).order_by(Customer.created_at.desc(), Customer.id.desc())
    return paginate(query, page)


def customers_matching(actor: Actor, filters: Filters) -> "peewee.ModelSelect[Customer]":
    """Select customers; filters as in `search_customers`."""
    query = Customer.of(actor)
    for term in search_terms(filters):
        query = query.where(contains(term, Customer.search_text))
    if with_orders := filters.get("orders"):
        has_bought = peewee.fn.EXISTS(Order.select(Order.id).where(Order.customer == Customer.id))
        query = query.where(has_bought if with_orders == "yes" else ~has_bought)
    return created_between(query, Customer.created_at, filters)


def search_audit_entries(dealer: Dealer, filters: Filters, page: int = 1) -> ResultPage:
    """Return one page of the audit log, newest first.

    Filters: `q` (user, action, subject, summary), `email`, `noun` (of the action), `side` (`test`, `live`), `since`,
    `until`.
    """
    query = AuditEntry.of(dealer).order_by(AuditEntry.created_at.desc(), AuditEntry.id.desc())
    for term in search_terms(filters):
        query = query.where(contains(term, AuditEntry.search_text))
    if email := filters.get("email"):
        query = query.where(AuditEntry.email == email)
    if noun := filters.get("noun"):
        query = query.where(peewee.fn.SUBSTR(AuditEntry.action, 1, len(noun) + 1) == f"{noun}.")
    if side := filters.get("side"):
        query = query.where(AuditEntry.is_test == (side == "test"))
    return paginate(created_between(query, AuditEntry.created_at, filters), page)


def find_ids_by_name(actor: Actor, terms: Sequence[str]) -> list[str]:
    """Return ids of the newest listings, orders and customers matching all terms."""
    filters = {"q": " ".join(terms)}
    queries: list[tuple[peewee.ModelSelect[Any], Any]] = [
        (listings_matching(actor, filters), Listing),
        (orders_matching(actor, filters), Order),
        (customers_matching(actor, filters), Customer),
    ]
    return [
        row_id
        for query, table in queries
        for (row_id,) in query.select(table.id).order_by(table.created_at.desc()).limit(MAX_IDS_PER_KIND).tuples()
    ]
