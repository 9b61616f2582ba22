"""The setup wizard: API key, endpoint, test event, go live."""

from typing import Any

from starlette.responses import Response

from dashboard.pages import endpoints
from dashboard.pages.channel import list_keys, require_integration
from dashboard.pages.keys import generate_key, render_key
from dashboard.request import PageRequest
from models.dealer import Actor
from models.delivery.attempt import Attempt
from models.delivery.delivery import SUCCEEDED, Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from models.delivery.event_types import PING
from models.delivery.ping import send_ping

SETUP = "/channels/custom/setup"


def show_key(request: PageRequest) -> Response:
    return _render_step(request, 1, "pages/setup_key.html")


def create_key(request: PageRequest) -> Response:
    return render_key(request, generate_key(request, is_test=True), is_test=True, next_url=f"{SETUP}/endpoint")


def show_endpoint(request: PageRequest) -> Response:
    if Endpoint.of(request.dealer).count():
        return _render_step(request, 2, "pages/setup_endpoint_done.html", endpoints=list(Endpoint.of(request.dealer)))
    return endpoints.render_new(
        request, endpoints.blank_form(), "pages/setup_endpoint.html", steps=_list_steps(request, 2)
    )


def create_endpoint(request: PageRequest) -> Response:
    next_url, steps = f"{SETUP}/ping", _list_steps(request, 2)
    return endpoints.create_and_reveal(request, "pages/setup_endpoint.html", next_url=next_url, steps=steps)


def show_ping(request: PageRequest) -> Response:
    """Show the last test event and its deliveries.

    The page refreshes itself until they are complete.
    """
    event = Event.last_of(Actor(request.dealer, is_test=True, origin="dashboard"), PING)
    deliveries = list(Delivery.of(request.dealer).where(Delivery.event_id == event.id)) if event else []
    attempts = {delivery.id: Attempt.of(delivery) for delivery in deliveries}
    return _render_step(
        request,
        3,
        "pages/setup_ping.html",
        event=event,
        deliveries=deliveries,
        attempts=attempts,
        has_arrived=any(delivery.state == SUCCEEDED for delivery in deliveries),
    )


def ping(request: PageRequest) -> Response:
    require_integration(request)
    with request.audited_change("integration.pinged", None, "Test event sent") as change:
        send_ping(Actor(request.dealer, is_test=True, origin="dashboard"), None)
        change.path = f"{SETUP}/ping"
    return request.redirect(change.path)


def show_live(request: PageRequest) -> Response:
    return _render_step(request, 4, "pages/setup_live.html", endpoints=list(Endpoint.of(request.dealer)))


def _render_step(request: PageRequest, number: int, template: str, **context: Any) -> Response:
    require_integration(request)
    return request.render(template, steps=_list_steps(request, number), keys=list_keys(request), **context)


def _list_steps(request: PageRequest, current: int) -> list[dict[str, Any]]:
    """Each step's name, URL and state."""
    has_delivered_ping = (
        Delivery.of(request.dealer).where(Delivery.event_type == PING, Delivery.state == SUCCEEDED).exists()
    )
    is_done = (
        bool(list_keys(request)),
        Endpoint.of(request.dealer).exists(),
        has_delivered_ping,
        not require_integration(request).is_test_mode,
    )
    names = (("API key", "key"), ("Webhook", "endpoint"), ("Test event", "ping"), ("Go live", "live"))
    return [
        {"name": name, "href": f"{SETUP}/{slug}", "is_done": done, "is_current": index == current}
        for index, ((name, slug), done) in enumerate(zip(names, is_done, strict=True), start=1)
    ]
