"""Export of listings in constant memory: keyset pagination in short reads."""

from collections.abc import Iterator
from typing import Any

import peewee

from models.listing import Listing

BATCH = 500


def read_listings(query: "peewee.ModelSelect[Listing]") -> Iterator[list[Listing]]:
    """Yield the listings of a query in batches, oldest first.

    Each batch is one read, so that nothing stays open while a slow client takes the file.
    """
    query = query.order_by(Listing.created_at, Listing.id).limit(BATCH)
    batch = list(query)
    while batch:
        yield batch
        position = peewee.Tuple(Listing.created_at, Listing.id)
        batch = list(query.where(position > peewee.Tuple(batch[-1].created_at, batch[-1].id)))


def to_export_row(listing: Listing) -> dict[str, Any]:
    """Return a listing in the representation of the inventory package."""
    photos = [photo["url"] for photo in listing.photos]
    return {**listing.columns(), "photos": photos, "published": listing.is_published}
