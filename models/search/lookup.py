"""Look-ups behind form pickers: listings and customers by what a user typed."""

from collections.abc import Callable, Sequence
from typing import Any

import peewee

from errors import Invalid
from models.compared_text import has_line
from models.customer import Customer, format_e164
from models.dealer import Actor
from models.listing import IN_STOCK, Listing
from models.search.tables import customers_matching, listings_matching
from spec.characters import fold_text

MAX_SAME_NAME = 5
MAX_EQUAL_TEXTS = 500  # rows of which any searched column equals the text; which column it is decides Python


def listings_for_sale(actor: Actor) -> "peewee.ModelSelect[Listing]":
    """Select listings that are published and in stock."""
    return Listing.on_channel(actor).where(Listing.status == IN_STOCK, Listing.is_published)


def find_listings_by_name(actor: Actor, text: str) -> list[Listing]:
    """Return listings for sale with this id, SKU, serial number, reference or title.

    The first of (id or SKU), serial number, reference and title that matches decides. In any case, at most
    MAX_SAME_NAME.
    """
    rows = list(listings_for_sale(actor).where(has_line(Listing.search_text, text)).limit(MAX_EQUAL_TEXTS))
    equals = _comparison(text)
    return _find_first(
        rows,
        lambda row: row.id == text or equals(row.sku),
        lambda row: equals(row.serial_number),
        lambda row: equals(row.reference),
        lambda row: equals(row.title),
    )


def suggest_listings(actor: Actor, text: str, limit: int) -> list[Listing]:
    """Return the newest listings for sale that match all terms of the text."""
    similar = listings_matching(actor, {"q": text}).where(Listing.status == IN_STOCK, Listing.is_published)
    return list(similar.order_by(Listing.created_at.desc()).limit(limit))


def find_customers_by_name(actor: Actor, text: str) -> list[Customer]:
    """Return customers with this id, email, external id, phone number or full name.

    The first of (id, email or external id), phone number and name that matches decides. In any case, at most
    MAX_SAME_NAME.
    """
    is_equal = has_line(Customer.search_text, text) | (Customer.phone == _normalize_phone(actor, text))
    rows = list(Customer.of(actor).where(is_equal).limit(MAX_EQUAL_TEXTS))
    equals = _comparison(text)
    return _find_first(
        rows,
        lambda row: row.id == text or equals(row.email) or equals(row.external_id),
        lambda row: row.phone == _normalize_phone(actor, text),
        lambda row: equals(" ".join(filter(None, (row.first_name, row.last_name)))),
    )


def suggest_customers(actor: Actor, text: str, limit: int) -> list[Customer]:
    """Return the newest customers that match all terms of the text."""
    return list(customers_matching(actor, {"q": text}).order_by(Customer.created_at.desc()).limit(limit))


def _comparison(text: str) -> Callable[[str | None], bool]:
    folded = fold_text(text)
    return lambda other: other is not None and fold_text(other) == folded


def _find_first(rows: Sequence[Any], *conditions: Callable[[Any], bool]) -> list[Any]:
    """Return the rows of the first condition that any row meets."""
    results = ([row for row in rows if condition(row)][:MAX_SAME_NAME] for condition in conditions)
    return next((found for found in results if found), [])


def _normalize_phone(actor: Actor, text: str) -> str:
    try:
        return format_e164(text, actor.dealer.country, param="phone")
    except Invalid:
        return text
