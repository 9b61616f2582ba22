"""Creation of many listings with few statements, but the same rows and events."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.base import insert_rows
from models.dealer import Actor
from models.delivery.event import Event
from models.listing import Listing


def create_listings(actor: Actor, rows: Sequence[Mapping[str, Any]], *, publish: bool) -> list[Listing]:
    """Create watches in stock, all or none, in one transaction. At most some hundred.

    `rows` are the values of `Listing.create_for`. Raises `inventory_limit_reached`, and `plan_required` to publish.
    """
    with actor.dealer.locked() as at:
        Listing.require_inventory_capacity(actor, len(rows))
        if publish:
            Listing.require_channel(actor)
        published: dict[str, Any] = {"is_published": True, "published_at": at} if publish else {}
        listings = [Listing.build(actor, {**values, **published}) for values in rows]
        insert_rows(listings)
        if publish:
            Event.record_first(actor, "listing.published", [listing.to_dict() for listing in listings])
    return listings
