"""Inventory pages: the table of watches, bulk changes, CSV export, sandbox reset."""

from collections.abc import AsyncIterator, Iterator

from starlette.responses import Response, StreamingResponse

from dashboard.forms.filters import parse_time_range, read_filters
from dashboard.rendering import format_count
from dashboard.request import PageRequest
from errors import Refusal
from inventory.export import BYTE_ORDER_MARK, write_csv, write_rows
from models import sandbox
from models.listing import Listing
from models.listing_export import read_listings, to_export_row
from models.search import tables
from models.search.pagination import ROWS_PER_PAGE
from models.thread_pool import run_in_thread

FILTERS = ("q", "status", "published", "since", "until")
MAX_BULK_IDS = 2 * ROWS_PER_PAGE  # more than a page shows, and few enough for one short transaction


def index(request: PageRequest) -> Response:
    filters = read_filters(request, FILTERS)
    results = tables.search_listings(request.actor, parse_time_range(filters), request.page)
    return request.render(
        "pages/inventory.html",
        results=results,
        filters=filters,
        counts=Listing.counts(request.actor),
        limit=_inventory_limit(request),
    )


def update_many(request: PageRequest) -> Response:
    """Publish or unpublish all selected watches, or none of them."""
    action = Listing.publish if request.value("verb") == "publish" else Listing.unpublish
    ids = request.values("id")[:MAX_BULK_IDS]
    if not ids:
        return request.redirect(_table_url(request), "Select watches first.")
    with request.audited_change(f"listing.{action.__name__}ed", None, format_count(len(ids), "watches")):
        for listing_id in ids:
            action(Listing.find(request.actor, listing_id), request.actor)
    return request.redirect(_table_url(request), f"{format_count(len(ids), 'watches')} {action.__name__}ed.")


def export(request: PageRequest) -> Response:
    """Export all watches that match the filters as CSV.

    The import reads this format.
    """
    filters = parse_time_range(read_filters(request, FILTERS))
    body = _stream_csv(request.dealer.id, read_listings(tables.listings_matching(request.actor, filters)))
    name = f"inventory-{'sandbox' if request.is_test else 'live'}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(body, media_type="text/csv; charset=utf-8", headers=headers)


def reset_sandbox(request: PageRequest) -> Response:
    if request.integration is None:
        raise Refusal("plan_required", "Your plan doesn't include the sandbox. Upgrade to Business to use it.")
    with request.audited_change("sandbox.reset", None, "Sandbox reset to the samples"):
        at = sandbox.restore_listings(request.dealer)
    sandbox.finish_reset(request.dealer, at)
    return request.redirect("/inventory", "Sandbox reset. It contains the sample watches, clients and order.")


async def _stream_csv(dealer_id: str, batches: Iterator[list[Listing]]) -> AsyncIterator[bytes]:
    """Read and format one batch at a time, on a thread of the dealer's share."""
    yield "".join((BYTE_ORDER_MARK, *write_csv(()))).encode()
    while part := await run_in_thread(lambda: _format_next(batches), dealer_id=dealer_id, is_heavy=True):
        yield part


def _format_next(batches: Iterator[list[Listing]]) -> bytes:
    return "".join(write_rows(map(to_export_row, next(batches, [])))).encode()


def _inventory_limit(request: PageRequest) -> int | None:
    return None if request.is_test else request.dealer.plan.inventory_limit


def _table_url(request: PageRequest) -> str:
    """The table with the filters that it had."""
    query = request.value("query")
    return f"/inventory?{query}" if query.isprintable() and query else "/inventory"
