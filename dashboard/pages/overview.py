"""The first page: counts, what happened last, how the endpoints do."""

from starlette.responses import Response

from dashboard.redirects import own_path
from dashboard.request import Visit
from models.delivery.endpoint import Endpoint
from models.delivery.notice import Notice
from models.listing import Listing
from models.order import RECEIVED, Order
from models.search import delivery_log, tables


def show(visit: Visit) -> Response:
    return visit.render(
        "overview.html",
        counts=Listing.counts(visit.actor),
        sold=Listing.of(visit.actor).where(Listing.status == "sold").count(),
        open_orders=Order.of(visit.actor).where(Order.status == RECEIVED).count(),
        orders=tables.orders(visit.actor, {}).rows[:6],
        events=delivery_log.events(visit.actor, {}).rows[:8],
        endpoints=list(Endpoint.of(visit.dealer)),
    )


def dismiss(visit: Visit) -> Response:
    """The person stays where the notice stood."""
    Notice.find(visit.dealer, visit.row_id).dismiss()
    return visit.redirect(own_path(visit.given("from")))
