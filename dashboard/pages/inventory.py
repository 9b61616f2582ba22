"""The inventory table: search, many at once, export, sandbox."""

from collections.abc import Iterator
from typing import Any

from starlette.responses import Response, StreamingResponse

from dashboard.forms.filters import in_ms, read_filters
from dashboard.rendering import count_label
from dashboard.request import PageRequest
from errors import Refusal
from inventory.export import write_csv
from models import sandbox
from models.dealer import Actor
from models.listing import Listing
from models.search import tables

FILTERS = ("q", "status", "published", "since", "until")
MOST_AT_ONCE = 500


def index(request: PageRequest) -> Response:
    filters = read_filters(request, FILTERS)
    found = tables.search_listings(request.actor, in_ms(filters), request.page)
    return request.render(
        "pages/inventory.html",
        results=found,
        filters=filters,
        counts=Listing.counts(request.actor),
        limit=_limit(request),
    )


def change_many(request: PageRequest) -> Response:
    """Publishes or unpublishes the ticked watches, each by itself."""
    verb = Listing.publish if request.value("verb") == "publish" else Listing.unpublish
    ids = request.values("id")[:MOST_AT_ONCE]
    if not ids:
        return request.redirect(_back(request), "Tick the watches first.")
    with request.audited_change(f"listing.{verb.__name__}ed", None, count_label(len(ids), "watches")):
        for listing_id in ids:
            verb(Listing.find(request.actor, listing_id), request.actor)
    return request.redirect(_back(request), f"{count_label(len(ids), 'watches')} {verb.__name__}ed.")


def export(request: PageRequest) -> Response:
    """What the filters show, as CSV that the import reads back."""
    rows = [_row(listing) for listing in tables.listings_matching(request.actor, in_ms(read_filters(request, FILTERS)))]
    name = f"inventory-{'sandbox' if request.is_test else 'live'}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_encoded(rows), media_type="text/csv; charset=utf-8", headers=headers)


def reset_sandbox(request: PageRequest) -> Response:
    if request.integration is None:
        raise Refusal("plan_required", "The sandbox belongs to the Business plan.")
    with request.audited_change("sandbox.reset", None, "Sandbox emptied and filled with samples"):
        sandbox.reset(Actor(request.dealer, is_test=True, origin="dashboard").dealer)
    return request.redirect("/inventory", "The sandbox is as new: sample watches, no orders, no clients.")


def _row(listing: Listing) -> dict[str, Any]:
    row = listing.columns()
    return {**row, "photos": [photo["url"] for photo in listing.photos]}


def _encoded(rows: list[dict[str, Any]]) -> Iterator[bytes]:
    return (line.encode() for line in write_csv(rows))


def _limit(request: PageRequest) -> int | None:
    return None if request.is_test else request.dealer.plan.inventory_limit


def _back(request: PageRequest) -> str:
    """The table with the filters that it had."""
    query = request.value("query")
    return f"/inventory?{query}" if query.isprintable() and query else "/inventory"
