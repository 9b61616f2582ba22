"""The delivery log: what was sent where, with each attempt's exact request and response beside the table."""

from typing import Any

from starlette.responses import Response

from dashboard.curl import as_curl
from dashboard.forms.filter_options import EVENT_CHOICES, endpoint_choices
from dashboard.forms.filters import in_ms, read_filters
from dashboard.request import PageRequest
from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from models.search import delivery_log

FILTERS = ("q", "state", "event", "mode", "endpoint", "resource", "since", "until")


def index(request: PageRequest) -> Response:
    if request.integration is None:
        return request.redirect("/plan")
    filters = read_filters(request, FILTERS)
    found = delivery_log.search_deliveries(request.dealer, in_ms(filters), request.page)
    endpoints = list(Endpoint.of(request.dealer))
    return request.render(
        "pages/delivery_log.html",
        results=found,
        filters=filters,
        event_choices=EVENT_CHOICES,
        endpoints={endpoint.id: endpoint for endpoint in endpoints},
        endpoint_choices=endpoint_choices(endpoints),
        opened=_opened(request),
    )


def retry(request: PageRequest) -> Response:
    delivery = Delivery.find(request.dealer, request.row_id)
    with request.audited_change("delivery.retried", delivery.id, delivery.event_type):
        delivery.retry()
    query = request.value("query")
    back = f"?{query}" if query and query.isprintable() else f"?open={delivery.id}"
    return request.redirect(f"/channels/custom/log{back}", "It is sent again at once.")


def _opened(request: PageRequest) -> dict[str, Any] | None:
    """The delivery in the side panel: its event's body, its attempts, newest first."""
    if not (delivery_id := request.value("open")):
        return None
    delivery = Delivery.find(request.dealer, delivery_id)
    body = Event.get_by_id(delivery.event_id).body
    attempts = Attempt.of(delivery)[::-1]
    curls = {one.number: as_curl(one.url, one.request_headers, body) for one in attempts if one.url}
    return {"delivery": delivery, "body": body, "attempts": attempts, "curls": curls}
