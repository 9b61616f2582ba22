"""Event pages.

They list all events of one mode, newest first, show one event's body and deliveries, and trigger test events.
"""

from typing import Any

from starlette.responses import Response

from dashboard.forms.filter_options import EVENT_CHOICES
from dashboard.forms.filters import read_filters
from dashboard.pages.channel import require_integration
from dashboard.request import PageRequest
from errors import Refusal
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from models.delivery.event_types import EVENT_TYPES
from models.request_log.logged_request import LoggedRequest
from models.search.events import search_events
from models.trigger import trigger_event

FILTERS = ("q", "event", "origin", "resource")


def index(request: PageRequest) -> Response:
    if request.integration is None:
        return request.redirect("/plan")
    filters = read_filters(request, FILTERS)
    results = search_events(request.actor, filters, request.page)
    return request.render(
        "pages/events.html",
        event_types=EVENT_TYPES,
        results=results,
        filters=filters,
        event_choices=EVENT_CHOICES,
        endpoints={endpoint.id: endpoint for endpoint in Endpoint.of(request.dealer)},
        opened=_find_opened(request),
    )


def trigger(request: PageRequest) -> Response:
    """Cause an event in the sandbox by the real action, and show the event."""
    require_integration(request)
    event_type = request.value("type")
    if not request.is_test:
        raise Refusal("test_view_required", "Events are triggered in the sandbox only. Switch to the sandbox view.")
    if event_type not in EVENT_TYPES:
        raise Refusal("unknown_event_type", "There is no such type of event. Choose one from the list.")
    with request.audited_change("event.triggered", None, event_type) as change:
        events = trigger_event(request.actor, event_type, None)
        change.subject_id = next(event["id"] for event in events if event["event"] == event_type)
        change.path = f"/channels/custom/events?open={change.subject_id}#detail"
    return request.redirect(change.path, f"{event_type} triggered.")


def _find_opened(request: PageRequest) -> dict[str, Any] | None:
    """The event in the side panel, with its deliveries."""
    if not (event_id := request.value("open")):
        return None
    event = Event.find(request.actor, event_id)
    cause = LoggedRequest.find_first(request.actor, event.request_id)
    return {
        "event": event,
        "cause": cause,
        "deliveries": list(Delivery.of(request.dealer).where(Delivery.event_id == event.id)),
    }
