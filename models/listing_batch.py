"""Creation of many listings with few statements, but the same rows and events."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.base import insert_rows
from models.dealer import Actor
from models.delivery.event import Event
from models.listing import IN_STOCK, SOLD, Listing


def create_listings(actor: Actor, rows: Sequence[Mapping[str, Any]], *, publish: bool) -> list[Listing]:
    """Create watches, all or none, in one transaction. At most some hundred.

    `rows` are the values of `Listing.create_for`, and optionally `status` and `is_published`: False for a watch that
    `publish` must not publish. Raises `inventory_limit_reached`, and `plan_required` to publish.
    """
    with actor.dealer.locked() as at:
        Listing.require_inventory_capacity(actor, sum(values.get("status", IN_STOCK) == IN_STOCK for values in rows))
        if publish:
            Listing.require_channel(actor)
        listings = [Listing.build(actor, _with_times(values, at, publish=publish)) for values in rows]
        insert_rows(listings)
        if published := [listing.to_dict() for listing in listings if listing.is_published]:
            Event.record_first(actor, "listing.published", published)
    return listings


def _with_times(values: Mapping[str, Any], at: int, *, publish: bool) -> dict[str, Any]:
    is_published = values.get("is_published", publish)
    times = {
        "published_at": at if is_published else None,
        "sold_at": at if values.get("status") == SOLD else None,
    }
    return {**values, "is_published": is_published, **times}
