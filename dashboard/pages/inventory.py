"""The inventory table: search, many at once, export, sandbox."""

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response, StreamingResponse

from dashboard.forms.filters import filters_of, in_ms
from dashboard.rendering import counted
from dashboard.request import Visit
from errors import Refusal
from inventory.export import write_csv
from models import sandbox
from models.dealer import Actor
from models.listing import Listing
from models.search import tables

FILTERS = ("q", "status", "published", "since", "until")
MOST_AT_ONCE = 500


def index(visit: Visit) -> Response:
    filters = filters_of(visit, FILTERS)
    found = tables.listings(visit.actor, in_ms(filters), visit.page)
    return visit.render(
        "inventory.html", found=found, filters=filters, counts=Listing.counts(visit.actor), limit=_limit(visit)
    )


def change_many(visit: Visit) -> Response:
    """Publishes or unpublishes the ticked watches, each by itself."""
    verb = Listing.publish if visit.given("verb") == "publish" else Listing.unpublish
    ids = visit.all_given("id")[:MOST_AT_ONCE]
    if not ids:
        return visit.redirect(_back(visit), "Tick the watches first.")
    with visit.change(f"listing.{verb.__name__}ed", None, counted(len(ids), "watches")):
        for listing_id in ids:
            verb(Listing.find(visit.actor, listing_id), visit.actor)
    return visit.redirect(_back(visit), f"{counted(len(ids), 'watches')} {verb.__name__}ed.")


def export(visit: Visit) -> Response:
    """What the filters show, as CSV that the import reads back."""
    rows = [_row(listing) for listing in tables.listings_matching(visit.actor, in_ms(filters_of(visit, FILTERS)))]
    name = f"inventory-{'sandbox' if visit.is_test else 'live'}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_encoded(rows), media_type="text/csv; charset=utf-8", headers=headers)


def reset_sandbox(visit: Visit) -> Response:
    if visit.integration is None:
        raise Refusal("plan_required", "The sandbox belongs to the Business plan.")
    with visit.change("sandbox.reset", None, "Sandbox emptied and filled with samples"):
        sandbox.reset(Actor(visit.dealer, is_test=True, origin="dashboard").dealer)
    return visit.redirect("/inventory", "The sandbox is as new: sample watches, no orders, no clients.")


def _row(listing: Listing) -> dict[str, Any]:
    row = listing.columns()
    return {**row, "photos": [photo["url"] for photo in listing.photos]}


def _encoded(rows: list[dict[str, Any]]) -> Iterator[bytes]:
    return (line.encode() for line in write_csv(rows))


def _limit(visit: Visit) -> int | None:
    return None if visit.is_test else visit.dealer.plan.inventory_limit


def _back(visit: Visit) -> str:
    """The table with the filters that it had."""
    query = visit.given("query")
    return f"/inventory?{query}" if query.isprintable() and query else "/inventory"
