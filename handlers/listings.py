"""Listings: list and get; the API does not change them."""

from models.clock import parse_rfc3339_parameter
from models.cursor import ListPage
from models.dealer import Actor
from models.listing import Listing
from spec import types


def list_listings(
    actor: Actor,
    limit: int,
    after: str | None,
    updated_after: str | None,
    status: str | None,
    published: bool | None,
    brand: str | None,
    reference: str | None,
) -> ListPage:
    since = parse_rfc3339_parameter(updated_after, param="updated_after")
    filters = {"status": status, "published": published, "brand": brand, "reference": reference}
    return Listing.page(actor, filters, after=after, limit=limit, since=since)


def get_listing(actor: Actor, listing_id: str) -> types.Listing:
    return Listing.find_on_channel(actor, listing_id).to_dict()
