"""The pages of the API request log, for the dealer's users."""

import pytest

import config
from models.accounts.integration import Integration
from models.delivery.delivery import Delivery
from models.delivery.event import Event
from models.request_log.batch_writer import write_requests
from tests.cast import Cast
from tests.client import Client
from tests.dashboard.browser import Browser, page
from tests.dashboard.conftest import People
from tests.hub import serve_app
from tests.request_log import record, requests_of, write

LOG = "/channels/custom/requests"


@pytest.fixture
def order_id(cast: Cast) -> str:
    """An order that a shop has placed with the API; an endpoint gets its events."""
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    watch = cast.owner.listing()
    with serve_app() as server:
        order: str = Client(server.url, cast.owner.test_key).order(watch.id).json()["id"]
    return order


def test_request_shows_its_bodies_and_leads_to_its_events_and_deliveries(
    cast: Cast, owner: Browser, order_id: str
) -> None:
    [order] = requests_of(cast.owner)
    shown = page(owner.get(f"{LOG}?open={order.id}"))
    for text in ("createOrder", "201", order.request_id, "buyer@shop.example", order_id, "python-requests"):
        assert text in shown.text, text
    for event in order.events(cast.owner.dealer):
        assert shown.of("a", href=f"/channels/custom/events?open={event.id}#detail")
    deliveries = list(Delivery.of(cast.owner.dealer).where(Delivery.event_type == "order.received"))
    assert [len(shown.of("a", href=f"/channels/custom/log?open={row.id}#detail")) for row in deliveries] == [1]


def test_event_and_delivery_lead_to_the_request_that_caused_them(cast: Cast, owner: Browser, order_id: str) -> None:
    [order] = requests_of(cast.owner)
    event = Event.get(Event.type == "order.received")
    delivery = Delivery.get(Delivery.event_id == event.id)
    link = f"{LOG}?open={order.id}#detail"
    for path in (f"/channels/custom/events?open={event.id}", f"/channels/custom/log?open={delivery.id}"):
        assert len(page(owner.get(path)).of("a", href=link)) == 1, path
    published = Event.get(Event.type == "listing.published")
    assert order.request_id not in page(owner.get(f"/channels/custom/events?open={published.id}")).text


def test_search_by_an_event_a_delivery_and_an_order_finds_their_request(
    cast: Cast, owner: Browser, order_id: str
) -> None:
    write(record(cast.owner))
    event = Event.get(Event.type == "order.received")
    delivery = Delivery.get(Delivery.event_id == event.id)
    [order] = [request for request in requests_of(cast.owner) if request.operation == "createOrder"]
    for term in (event.id, delivery.id, order_id, order.request_id):
        shown = page(owner.get(f"{LOG}?q={term}"))
        assert "1–1 of 1 request" in shown.text, term
        assert "/orders" in shown.text


def test_nobody_sees_another_dealers_requests(cast: Cast, people: People) -> None:
    write(record(cast.stranger, path="/api/v1/listings/inv_secret"))
    [strange] = requests_of(cast.stranger)
    assert "inv_secret" in page(people.stranger.get(LOG)).text
    for path in (LOG, f"{LOG}?q=inv_secret", f"{LOG}?q={strange.request_id}"):
        assert "inv_secret" not in page(people.owner.get(path)).text.replace("q=inv_secret", "")
    assert people.owner.get(f"{LOG}?open={strange.id}").status_code == 404


def test_owner_switches_the_log_off_and_on(cast: Cast, people: People) -> None:
    assert people.staff.post("/channels/custom/request-log", {"has_request_log": "no"}).status_code == 403
    for value, text in (("no", "Requests are not recorded"), ("yes", "No requests yet")):
        people.owner.post("/channels/custom/request-log", {"has_request_log": value})
        assert Integration.of(cast.owner.dealer).has_request_log == (value == "yes")
        assert text in page(people.owner.get(LOG)).text


def test_page_says_how_many_requests_are_missing(cast: Cast, owner: Browser) -> None:
    write_requests((cast.owner.dealer.id, False), [], dropped_count=1234)
    assert "1,234 requests in live mode are missing" in page(owner.get(LOG)).text


def test_page_says_that_the_operator_has_switched_the_log_off(owner: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "REQUEST_LOG_MIB", 0)
    assert "has switched the API request log off" in page(owner.get(LOG)).text


def test_text_of_a_request_is_shown_as_text(cast: Cast, owner: Browser) -> None:
    write(record(cast.owner, path="/api/v1/<script>", request_body=b"<script>alert(1)</script>"))
    [request] = requests_of(cast.owner)
    assert "<script>alert" not in owner.get(f"{LOG}?open={request.id}").text
