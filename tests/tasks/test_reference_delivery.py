"""Deliveries are byte-identical to what `requests.post` sends with headers built from the documentation."""

import base64
import hashlib
import hmac
import random
from collections.abc import Callable, Iterator

import pytest
import requests

from models.delivery.delivery import Delivery
from models.delivery.event import Event
from models.listing import Listing
from tests.cast import Cast
from tests.conftest import Clock
from tests.tasks.traffic import deliveries
from tests.webhooks.raw_server import RawServer, always, http_response

CHARACTERS = "aZ09 .,;:/\\\"'<>&%\t\nÄßéЖ時\u2028😀"
EDITS = 12


@pytest.fixture
def server() -> Iterator[RawServer]:
    server = RawServer(always(http_response()))
    yield server
    server.close()


def test_delivery_of_a_generated_event_is_that_of_requests(
    cast: Cast, server: RawServer, watch: Listing, clock: Clock, deliver: Callable[[], None]
) -> None:
    url = f"http://127.0.0.1:{server.port}/hooks?shop=7&name=Gr%C3%B6nefeld"
    endpoint, secret = cast.owner.endpoint(url)
    rng = random.Random(7)  # noqa: S311 - generates texts
    for _ in range(EDITS):
        text = "".join(rng.choices(CHARACTERS, k=rng.randrange(1, 400)))
        watch.change(cast.owner.actor(), {"description": text, "asking_price_cents": rng.randrange(1, 10**8)})
    clock.forward(0.1)
    deliver()
    sent = server.received[:]
    assert len(sent) == EDITS
    server.received.clear()
    with requests.Session() as session:
        session.headers.clear()
        for delivery in deliveries(endpoint):
            _post(session, url, delivery, secret, int(clock.time))
    assert sent == server.received


def _post(session: requests.Session, url: str, delivery: Delivery, secret: str, at: int) -> None:
    """Send a delivery as https://hub.test/docs/webhooks describes it."""
    event, body = delivery.event_id, Event.get_by_id(delivery.event_id).body.encode()
    signature = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    standard = hmac.new(key, f"{event}.{at}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "WatchTraderHub-Webhooks/1.0 (+http://hub.test/docs/webhooks)",
        "WTH-Event-Id": event,
        "WTH-Event-Type": delivery.event_type,
        "WTH-Delivery-Id": delivery.id,
        "WTH-Delivery-Attempt": "1",
        "WTH-Signature": f"t={at},v1={signature}",
        "webhook-id": event,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(standard).decode()}",
    }
    assert session.post(url, data=body, headers=headers).status_code == 200
