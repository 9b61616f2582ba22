"""The first page: counts, what happened last, how the endpoints do."""

from starlette.responses import Response

from dashboard.origin import own_path
from dashboard.visit import Visit
from models import log_search, search
from models.endpoint import Endpoint
from models.listing import Listing
from models.notice import Notice
from models.order import RECEIVED, Order


def show(visit: Visit) -> Response:
    return visit.render(
        "overview.html",
        counts=Listing.counts(visit.actor),
        sold=Listing.of(visit.actor).where(Listing.status == "sold").count(),
        open_orders=Order.of(visit.actor).where(Order.status == RECEIVED).count(),
        orders=search.orders(visit.actor, {}).rows[:6],
        events=log_search.events(visit.actor, {}).rows[:8],
        endpoints=list(Endpoint.of(visit.dealer)),
    )


def dismiss(visit: Visit) -> Response:
    """The person stays where the notice stood."""
    Notice.find(visit.dealer, visit.row_id).dismiss()
    return visit.redirect(own_path(visit.given("from")))
