"""The overview page: counts, latest orders and events, endpoint health."""

from starlette.responses import Response

from dashboard.redirects import safe_path
from dashboard.request import PageRequest
from models.delivery.endpoint import Endpoint
from models.delivery.notice import Notice
from models.listing import Listing
from models.order import RECEIVED, Order
from models.search import tables
from models.search.events import search_events


def show(request: PageRequest) -> Response:
    return request.render(
        "pages/overview.html",
        counts=Listing.counts(request.actor),
        sold_count=Listing.of(request.actor).where(Listing.status == "sold").count(),
        open_order_count=Order.of(request.actor).where(Order.status == RECEIVED).count(),
        orders=tables.search_orders(request.actor, {}).rows[:6],
        events=search_events(request.actor, {}).rows[:8],
        endpoints=list(Endpoint.of(request.dealer)),
    )


def dismiss_notice(request: PageRequest) -> Response:
    """Dismiss a warning and stay on the page."""
    Notice.find(request.dealer, request.row_id).dismiss()
    return request.redirect(safe_path(request.value("from")))
