"""The four steps of a first request: API key, endpoint, test ping, live."""

from typing import Any

from starlette.responses import Response

from dashboard.pages import endpoints
from dashboard.pages.channel import keys_of, require_integration
from dashboard.pages.keys import generate, key_page
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
    return _step(request, 1, "pages/setup_key.html")


def create_key(request: PageRequest) -> Response:
    return key_page(request, generate(request, is_test=True), is_test=True, onward=f"{SETUP}/endpoint")


def show_endpoint(request: PageRequest) -> Response:
    if Endpoint.of(request.dealer).count():
        return _step(request, 2, "pages/setup_endpoint_done.html", endpoints=list(Endpoint.of(request.dealer)))
    return endpoints.new_page(request, endpoints.blank(), "pages/setup_endpoint.html", steps=steps(request, 2))


def create_endpoint(request: PageRequest) -> Response:
    onward = f"{SETUP}/ping"
    return endpoints.create_and_show(request, "pages/setup_endpoint.html", onward=onward, steps=steps(request, 2))


def show_ping(request: PageRequest) -> Response:
    """The last test event and what became of it; the page looks again by itself while it is under way."""
    event = Event.last_of(Actor(request.dealer, is_test=True, origin="dashboard"), PING)
    deliveries = list(Delivery.of(request.dealer).where(Delivery.event_id == event.id)) if event else []
    attempts = {delivery.id: Attempt.of(delivery) for delivery in deliveries}
    return _step(
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
    with request.audited_change("integration.pinged", None, "Test event sent"):
        send_ping(Actor(request.dealer, is_test=True, origin="dashboard"), None)
    return request.redirect(f"{SETUP}/ping")


def show_live(request: PageRequest) -> Response:
    return _step(request, 4, "pages/setup_live.html", endpoints=list(Endpoint.of(request.dealer)))


def _step(request: PageRequest, number: int, template: str, **context: Any) -> Response:
    require_integration(request)
    return request.render(template, steps=steps(request, number), keys=keys_of(request), **context)


def steps(request: PageRequest, current: int) -> list[dict[str, Any]]:
    """Each step's name, address and whether it is done."""
    has_pinged = Delivery.of(request.dealer).where(Delivery.event_type == PING, Delivery.state == SUCCEEDED).exists()
    is_done = (
        bool(keys_of(request)),
        Endpoint.of(request.dealer).exists(),
        has_pinged,
        not require_integration(request).is_test_mode,
    )
    named = (("API key", "key"), ("Webhook", "endpoint"), ("Test ping", "ping"), ("Go live", "live"))
    return [
        {"name": name, "href": f"{SETUP}/{slug}", "is_done": done, "is_current": index == current}
        for index, ((name, slug), done) in enumerate(zip(named, is_done, strict=True), start=1)
    ]
