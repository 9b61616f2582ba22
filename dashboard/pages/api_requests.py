"""API request pages.

They show the table of requests, and one request with its bodies and its events.
"""

from typing import Any

from starlette.responses import Response

from dashboard.forms.filters import parse_time_range, read_filters
from dashboard.pages.channel import require_integration
from dashboard.request import PageRequest
from errors import NotFound
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.request_log.logged_request import MAX_EVENTS, LoggedRequest
from models.request_log.request_batch import RequestLogUsage, is_installed
from models.search.api_requests import ERRORS, search_requests
from spec.document import operations, read_document

FILTERS = ("q", "status", "method", "operation", "since", "until")
STATUSES = (
    (ERRORS, "Errors"),
    ("2xx", "2xx success"),
    ("3xx", "3xx not modified"),
    ("4xx", "4xx client error"),
    ("5xx", "5xx server error"),
)


def index(request: PageRequest) -> Response:
    if request.integration is None:
        return request.redirect("/plan")
    filters = read_filters(request, FILTERS)
    return request.render(
        "pages/api_requests.html",
        results=search_requests(request.actor, parse_time_range(filters), request.page),
        filters=filters,
        statuses=STATUSES,
        methods=_list_choices("method"),
        operations=_list_choices("operation"),
        dropped=_list_dropped(request),
        max_events=MAX_EVENTS,
        is_installed=is_installed(),
        opened=_find_opened(request),
    )


def switch(request: PageRequest) -> Response:
    """Turn the recording of requests on or off."""
    integration, has_request_log = require_integration(request), request.value("has_request_log") == "yes"
    summary = "API request log turned on" if has_request_log else "API request log turned off"
    with request.audited_change("integration.request_log_changed", None, summary):
        integration.switch(has_request_log=has_request_log)
    return request.redirect("/channels/custom/settings", f"{summary}.")


def _list_choices(name: str) -> list[tuple[str, str]]:
    """List the methods or the operations that need an API key."""
    found = [(method.upper(), entry["operationId"]) for _, method, entry in operations(read_document())]
    values = sorted({method if name == "method" else operation for method, operation in found})
    return [(value, value) for value in values]


def _list_dropped(request: PageRequest) -> list[RequestLogUsage]:
    return list(RequestLogUsage.of_dealer(request.dealer).where(RequestLogUsage.dropped_count > 0))


def _find_opened(request: PageRequest) -> dict[str, Any] | None:
    """Find the request in the side panel.

    The result holds its contents, and the events and deliveries that it caused.
    """
    if not (row_id := request.value("open")):
        return None
    found = LoggedRequest.find(request.dealer, row_id)
    if found.is_test != request.is_test:
        raise NotFound("request")
    events = found.events(request.dealer)
    deliveries = Delivery.of(request.dealer).where(Delivery.event_id.in_([event.id for event in events]))
    return {
        "request": found,
        "content": found.content(request.dealer),
        "events": events,
        "deliveries": list(deliveries) if events else [],
        "endpoints": {endpoint.id: endpoint for endpoint in Endpoint.of(request.dealer)},
    }
