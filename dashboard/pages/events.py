"""Event pages.

They list all events of one mode, newest first, and show one event's body and deliveries.
"""

from typing import Any

from starlette.responses import Response

from dashboard.forms.filter_options import EVENT_CHOICES
from dashboard.forms.filters import read_filters
from dashboard.request import PageRequest
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from models.search.events import search_events

FILTERS = ("q", "event", "origin", "resource")


def index(request: PageRequest) -> Response:
    if request.integration is None:
        return request.redirect("/plan")
    filters = read_filters(request, FILTERS)
    results = search_events(request.actor, filters, request.page)
    return request.render(
        "pages/events.html",
        results=results,
        filters=filters,
        event_choices=EVENT_CHOICES,
        endpoints={endpoint.id: endpoint for endpoint in Endpoint.of(request.dealer)},
        opened=_find_opened(request),
    )


def _find_opened(request: PageRequest) -> dict[str, Any] | None:
    """The event in the side panel, with its deliveries."""
    if not (event_id := request.value("open")):
        return None
    event = Event.find(request.actor, event_id)
    return {"event": event, "deliveries": list(Delivery.of(request.dealer).where(Delivery.event_id == event.id))}
