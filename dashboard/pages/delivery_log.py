"""Delivery log pages.

They show the table of deliveries, and one delivery's attempts with request and response.
"""

from typing import Any

from starlette.responses import Response

from dashboard.curl import render_curl
from dashboard.forms.filter_options import EVENT_CHOICES, list_endpoint_choices
from dashboard.forms.filters import parse_time_range, read_filters
from dashboard.rendering import format_count
from dashboard.request import PageRequest
from errors import NotFound
from models.delivery.advance import advance_deliveries
from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from models.request_log.logged_request import LoggedRequest
from models.search import delivery_log

FILTERS = ("q", "state", "event", "endpoint", "resource", "since", "until")


def index(request: PageRequest) -> Response:
    if request.integration is None:
        return request.redirect("/plan")
    filters = read_filters(request, FILTERS)
    searched = {**parse_time_range(filters), "mode": request.mode}
    results = delivery_log.search_deliveries(request.dealer, searched, request.page)
    endpoints = list(Endpoint.of(request.dealer))
    return request.render(
        "pages/delivery_log.html",
        results=results,
        filters=filters,
        event_choices=EVENT_CHOICES,
        endpoints={endpoint.id: endpoint for endpoint in endpoints},
        endpoint_choices=list_endpoint_choices(endpoints),
        opened=_find_opened(request),
    )


def retry(request: PageRequest) -> Response:
    """Retry one delivery now, and show the log with the filters that it had."""
    delivery = Delivery.find(request.dealer, request.row_id)
    with request.audited_change("delivery.retried", delivery.id, delivery.event_type):
        delivery.retry()
    return _show_again(request, f"open={delivery.id}", "Delivery resent.")


def advance(request: PageRequest) -> Response:
    """Skip to the next retry of a test delivery."""
    delivery = Delivery.find(request.dealer, request.row_id)
    with request.audited_change("delivery.advanced", delivery.id, delivery.event_type, is_test=True):
        delivery.advance()
    return _show_again(request, f"open={delivery.id}", "Skipped to the next retry.")


def advance_all(request: PageRequest) -> Response:
    """Skip to the next retry of the waiting test deliveries, or of an endpoint's."""
    named = request.value("endpoint")
    endpoint_id = Endpoint.find(request.dealer, named).id if named else None
    with request.audited_change("delivery.advanced_many", endpoint_id, "Test deliveries", is_test=True):
        advanced, has_more = advance_deliveries(request.actor, endpoint_id=endpoint_id)
    notice = f"{format_count(len(advanced), 'deliveries')} skipped to the next retry."
    return _show_again(request, "state=pending", f"{notice} More are waiting: repeat it." if has_more else notice)


def _show_again(request: PageRequest, default: str, notice: str) -> Response:
    query = request.value("query")
    parameters = query if query and query.isprintable() else default
    return request.redirect(f"/channels/custom/log?{parameters}", notice)


def _find_opened(request: PageRequest) -> dict[str, Any] | None:
    """Find the delivery in the side panel.

    The result holds its event's body and its attempts, newest first.
    """
    if not (delivery_id := request.value("open")):
        return None
    delivery = Delivery.find(request.dealer, delivery_id)
    if delivery.is_test != request.is_test:
        raise NotFound("delivery")
    event = Event.get_by_id(delivery.event_id)
    body = event.body
    attempts = Attempt.of(delivery)[::-1]
    curls = {
        attempt.number: render_curl(attempt.url, attempt.request_headers, body) for attempt in attempts if attempt.url
    }
    return {
        "delivery": delivery,
        "event": event,
        "cause": LoggedRequest.find_first(request.actor, event.request_id),
        "body": body,
        "attempts": attempts,
        "curls": curls,
    }
