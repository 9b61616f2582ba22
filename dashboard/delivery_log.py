"""The delivery log: what was sent where, with each attempt's exact request and response beside the table."""

from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from dashboard.choices import EVENT_CHOICES, endpoint_choices
from dashboard.curl import as_curl
from dashboard.visit import Visit
from models import search
from models.attempt import Attempt
from models.delivery import Delivery
from models.endpoint import Endpoint
from models.event import Event

FILTERS = ("state", "event", "mode", "endpoint", "resource", "since", "until")


def index(visit: Visit) -> Response:
    if visit.integration is None:
        return visit.redirect("/plan")
    filters = {name: visit.given(name) for name in FILTERS}
    times = {name: instant(filters[name]) for name in ("since", "until")}
    found = search.deliveries(visit.dealer, {**filters, **times}, visit.page)
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


def instant(text: str) -> int | None:
    """What a datetime-local field or a person gives, taken as UTC, in ms; nonsense filters nothing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _opened(visit: Visit) -> dict[str, Any] | None:
    """The delivery in the side panel: its event's body, its attempts, newest first."""
    if not (delivery_id := visit.given("open")):
        return None
    delivery = Delivery.find(visit.dealer, delivery_id)
    body = Event.get_by_id(delivery.event_id).body
    attempts = Attempt.of(delivery)[::-1]
    curls = {one.number: as_curl(one.url, one.request_headers, body) for one in attempts if one.url}
    return {"delivery": delivery, "body": body, "attempts": attempts, "curls": curls}
