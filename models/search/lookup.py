"""Look-ups behind form pickers: listings and customers by what a user typed."""

from typing import Any

import peewee

from errors import Invalid
from models.customer import Customer, format_e164
from models.dealer import Actor
from models.listing import IN_STOCK, Listing
from models.search.tables import customers_matching, listings_matching

MAX_SAME_NAME = 5


def listings_for_sale(actor: Actor) -> "peewee.ModelSelect[Listing]":
    """Select listings that are published and in stock."""
    return Listing.on_channel(actor).where(Listing.status == IN_STOCK, Listing.is_published)


def find_listings_by_name(actor: Actor, text: str) -> list[Listing]:
    """Return listings for sale with this id, SKU, serial number, reference or title.

    The first of (id or SKU), serial number, reference and title that matches decides. Case-insensitive, at most
    MAX_SAME_NAME.
    """
    is_unique_match = (Listing.id == text) | _equals(Listing.sku, text)
    columns = Listing.serial_number, Listing.reference, Listing.title
    others = (_equals(column, text) for column in columns)
    return _find_first(listings_for_sale(actor), is_unique_match, *others)


def suggest_listings(actor: Actor, text: str, limit: int) -> list[Listing]:
    """Return the newest listings for sale that match all terms of the text."""
    similar = listings_matching(actor, {"q": text}).where(Listing.status == IN_STOCK, Listing.is_published)
    return list(similar.order_by(Listing.created_at.desc()).limit(limit))


def find_customers_by_name(actor: Actor, text: str) -> list[Customer]:
    """Return customers with this id, email, external id, phone number or full name.

    The first of (id, email or external id), phone number and name that matches decides. Case-insensitive, at most
    MAX_SAME_NAME.
    """
    has_email = Customer.email_folded == text.casefold()
    is_unique_match = (Customer.id == text) | has_email | _equals(Customer.external_id, text)
    has_phone = Customer.phone == _normalize_phone(actor, text)
    first_name, last_name = (peewee.fn.COALESCE(name, "") for name in (Customer.first_name, Customer.last_name))
    has_name = _equals(peewee.fn.TRIM(first_name.concat(" ").concat(last_name)), text)
    return _find_first(Customer.of(actor), is_unique_match, has_phone, has_name)


def suggest_customers(actor: Actor, text: str, limit: int) -> list[Customer]:
    """Return the newest customers that match all terms of the text."""
    return list(customers_matching(actor, {"q": text}).order_by(Customer.created_at.desc()).limit(limit))


def _find_first(query: "peewee.ModelSelect[Any]", *conditions: Any) -> list[Any]:
    """Return the rows of the first condition that any row meets."""
    results = (list(query.where(condition).limit(MAX_SAME_NAME)) for condition in conditions)
    return next((rows for rows in results if rows), [])


def _equals(column: Any, text: str) -> Any:
    return peewee.fn.LOWER(column) == text.lower()


def _normalize_phone(actor: Actor, text: str) -> str:
    try:
        return format_e164(text, actor.dealer.country, param="phone")
    except Invalid:
        return text
