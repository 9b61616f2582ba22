"""The stream of events, newest first, with the exact body of the opened one."""

from typing import Any

from starlette.responses import Response

from dashboard.forms.filter_options import EVENT_CHOICES
from dashboard.forms.filters import filters_of
from dashboard.request import Visit
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from models.search import delivery_log

FILTERS = ("q", "event", "origin", "resource")


def index(visit: Visit) -> Response:
    """Of the side, live or sandbox, that the person looks at."""
    if visit.integration is None:
        return visit.redirect("/plan")
    filters = filters_of(visit, FILTERS)
    found = delivery_log.events(visit.actor, filters, visit.page)
    return visit.render(
        "events.html",
        found=found,
        filters=filters,
        event_choices=EVENT_CHOICES,
        endpoints={endpoint.id: endpoint for endpoint in Endpoint.of(visit.dealer)},
        opened=_opened(visit),
    )


def _opened(visit: Visit) -> dict[str, Any] | None:
    if not (event_id := visit.given("open")):
        return None
    event = Event.find(visit.actor, event_id)
    return {"event": event, "deliveries": list(Delivery.of(visit.dealer).where(Delivery.event_id == event.id))}
