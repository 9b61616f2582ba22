"""The delivery log: what was sent where, with each attempt's exact request and response beside the table."""

from typing import Any

from starlette.responses import Response

from dashboard.curl import as_curl
from dashboard.forms.filter_options import EVENT_CHOICES, endpoint_choices
from dashboard.forms.filters import filters_of, in_ms
from dashboard.request import Visit
from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from models.search import delivery_log

FILTERS = ("q", "state", "event", "mode", "endpoint", "resource", "since", "until")


def index(visit: Visit) -> Response:
    if visit.integration is None:
        return visit.redirect("/plan")
    filters = filters_of(visit, FILTERS)
    found = delivery_log.deliveries(visit.dealer, in_ms(filters), visit.page)
    endpoints = list(Endpoint.of(visit.dealer))
    return visit.render(
        "delivery_log.html",
        found=found,
        filters=filters,
        event_choices=EVENT_CHOICES,
        endpoints={endpoint.id: endpoint for endpoint in endpoints},
        endpoint_choices=endpoint_choices(endpoints),
        opened=_opened(visit),
    )


def retry(visit: Visit) -> Response:
    delivery = Delivery.find(visit.dealer, visit.row_id)
    with visit.change("delivery.retried", delivery.id, delivery.event_type):
        delivery.retry()
    query = visit.given("query")
    back = f"?{query}" if query and query.isprintable() else f"?open={delivery.id}"
    return visit.redirect(f"/channels/custom/log{back}", "It is sent again at once.")


def _opened(visit: Visit) -> dict[str, Any] | None:
    """The delivery in the side panel: its event's body, its attempts, newest first."""
    if not (delivery_id := visit.given("open")):
        return None
    delivery = Delivery.find(visit.dealer, delivery_id)
    body = Event.get_by_id(delivery.event_id).body
    attempts = Attempt.of(delivery)[::-1]
    curls = {one.number: as_curl(one.url, one.request_headers, body) for one in attempts if one.url}
    return {"delivery": delivery, "body": body, "attempts": attempts, "curls": curls}
