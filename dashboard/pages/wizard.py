"""The four steps of a first visit: API key, endpoint, test ping, live."""

from typing import Any

from starlette.responses import Response

from dashboard.pages import endpoints
from dashboard.pages.channel import integration_of, keys_of
from dashboard.pages.keys import generate, key_page
from dashboard.request import Visit
from models.dealer import Actor
from models.delivery.attempt import Attempt
from models.delivery.delivery import SUCCEEDED, Delivery
from models.delivery.endpoint import PING, Endpoint
from models.delivery.event import Event
from models.delivery.ping import send_ping

SETUP = "/channels/custom/setup"


def show_key(visit: Visit) -> Response:
    return _step(visit, 1, "setup_key.html")


def create_key(visit: Visit) -> Response:
    return key_page(visit, generate(visit, is_test=True), is_test=True, onward=f"{SETUP}/endpoint")


def show_endpoint(visit: Visit) -> Response:
    if Endpoint.of(visit.dealer).count():
        return _step(visit, 2, "setup_endpoint_done.html", endpoints=list(Endpoint.of(visit.dealer)))
    return endpoints.new_page(visit, endpoints.blank(), "setup_endpoint.html", steps=steps(visit, 2))


def create_endpoint(visit: Visit) -> Response:
    onward = f"{SETUP}/ping"
    return endpoints.create_and_show(visit, "setup_endpoint.html", onward=onward, steps=steps(visit, 2))


def show_ping(visit: Visit) -> Response:
    """The last test event and what became of it; the page looks again by itself while it is under way."""
    event = Event.last_of(Actor(visit.dealer, is_test=True, origin="dashboard"), PING)
    deliveries = list(Delivery.of(visit.dealer).where(Delivery.event_id == event.id)) if event else []
    attempts = {delivery.id: Attempt.of(delivery) for delivery in deliveries}
    return _step(
        visit,
        3,
        "setup_ping.html",
        event=event,
        deliveries=deliveries,
        attempts=attempts,
        has_arrived=any(delivery.state == SUCCEEDED for delivery in deliveries),
    )


def ping(visit: Visit) -> Response:
    integration_of(visit)
    with visit.change("integration.pinged", None, "Test event sent"):
        send_ping(Actor(visit.dealer, is_test=True, origin="dashboard"), None)
    return visit.redirect(f"{SETUP}/ping")


def show_live(visit: Visit) -> Response:
    return _step(visit, 4, "setup_live.html", endpoints=list(Endpoint.of(visit.dealer)))


def _step(visit: Visit, number: int, template: str, **context: Any) -> Response:
    integration_of(visit)
    return visit.render(template, steps=steps(visit, number), keys=keys_of(visit), **context)


def steps(visit: Visit, current: int) -> list[dict[str, Any]]:
    """Each step's name, address and whether it is done."""
    has_pinged = Delivery.of(visit.dealer).where(Delivery.event_type == PING, Delivery.state == SUCCEEDED).exists()
    is_done = (
        bool(keys_of(visit)),
        Endpoint.of(visit.dealer).exists(),
        has_pinged,
        not integration_of(visit).is_test_mode,
    )
    named = (("API key", "key"), ("Webhook", "endpoint"), ("Test ping", "ping"), ("Go live", "live"))
    return [
        {"name": name, "href": f"{SETUP}/{slug}", "is_done": done, "is_current": index == current}
        for index, ((name, slug), done) in enumerate(zip(named, is_done, strict=True), start=1)
    ]
