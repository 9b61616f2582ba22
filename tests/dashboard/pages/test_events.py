"""Events on the overview and on their page."""

from models.delivery.ping import send_ping
from models.order import Order
from tests.cast import Cast
from tests.dashboard.browser import Browser, page


def test_events_show_the_name_of_their_subject(owner: Browser, cast: Cast) -> None:
    actor, (first, second) = cast.owner.actor(), cast.owner.listings(2, title="Grand Seiko Snowflake")
    buyer = {"email": "noa@shop.example", "first_name": "Noa", "last_name": "Barak"}
    Order.place(actor, {"items": [{"listing_id": first.id}], "customer": buyer, "external_id": "SHOP-77"})
    Order.place(actor, {"items": [{"listing_id": second.id}], "customer": buyer})
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    send_ping(actor, None)
    for path in ("/", "/channels/custom/events"):
        text = page(owner.get(path)).text
        for name in ("Grand Seiko Snowflake", "SHOP-77", "Noa Barak"):
            assert name in text, (path, name)
