"""Watches and clients by the names that people have for them."""

from typing import Any

import peewee

from errors import Invalid
from models.customer import Customer, format_e164
from models.dealer import Actor
from models.listing import IN_STOCK, Listing
from models.search.tables import customers_matching, listings_matching

MOST_NAMESAKES = 5


def listings_for_sale(actor: Actor) -> "peewee.ModelSelect[Listing]":
    return Listing.on_channel(actor).where(Listing.status == IN_STOCK, Listing.is_published)


def find_listings_by_name(actor: Actor, text: str) -> list[Listing]:
    """For sale, with this id or SKU, else with this serial number, reference or title; whatever the case."""
    row = Listing
    own, common = (row.id == text) | _is(row.sku, text), (row.serial_number, row.reference, row.title)
    return _first(listings_for_sale(actor), own, *(_is(column, text) for column in common))


def suggest_listings(actor: Actor, text: str, most: int) -> list[Listing]:
    similar = listings_matching(actor, {"q": text}).where(Listing.status == IN_STOCK, Listing.is_published)
    return list(similar.order_by(Listing.created_at.desc()).limit(most))


def find_customers_by_name(actor: Actor, text: str) -> list[Customer]:
    """With this id, e-mail, phone or external id, else with this name; whatever the case."""
    row = Customer
    own = (row.id == text) | (row.email_folded == text.casefold()) | _is(row.external_id, text)
    whole = peewee.fn.COALESCE(row.first_name, "").concat(" ").concat(peewee.fn.COALESCE(row.last_name, ""))
    return _first(row.of(actor), own, row.phone == _phone(actor, text), _is(peewee.fn.TRIM(whole), text))


def suggest_customers(actor: Actor, text: str, most: int) -> list[Customer]:
    return list(customers_matching(actor, {"q": text}).order_by(Customer.created_at.desc()).limit(most))


def _first(query: "peewee.ModelSelect[Any]", *names: Any) -> list[Any]:
    """The rows of the first kind of name that any has."""
    found = (list(query.where(name).limit(MOST_NAMESAKES)) for name in names)
    return next((rows for rows in found if rows), [])


def _is(column: Any, text: str) -> Any:
    return peewee.fn.LOWER(column) == text.lower()


def _phone(actor: Actor, text: str) -> str:
    try:
        return format_e164(text, actor.dealer.country, param="phone")
    except Invalid:
        return text
