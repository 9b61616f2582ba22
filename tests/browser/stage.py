"""A dealer with data on every page, for the screenshots and the accessibility tests."""

import time
from dataclasses import dataclass

from models import clock
from models.accounts.api_key import ApiKey
from models.accounts.user import User
from models.dealer import Actor, Dealer
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.ping import send_ping
from models.jobs.job import IMPORT, BackgroundJob
from models.listing import Listing
from models.onboarding import create_dealer
from models.order import Order
from tests.cast import Person
from tests.dashboard.rows import record_audit_entry
from tests.receiver import Delivered, Receiver, StubResponse
from tests.request_log import record, requests_of, write
from tests.worker import work_off

EMAIL, PASSWORD = "anna@uhrenhaus.example", "a quiet saturday"
STAFF_EMAIL = "ben@uhrenhaus.example"
DAY_SECONDS = 24 * 3600
PINGS = 44
SHEET = (
    "SKU;Marke;Modell;Referenz;Preis;Zustand;Baujahr;Regal\n"
    "A1;Rolex;Explorer;124270;7.200,00 €;sehr gut;2022;3\n"
    "A2;Tudor;Ranger;79950;auf Anfrage;neu;2023;3\n"
    "A3;IWC;Mark XX;IW328201;5.100;neuwertig;2023;4\n"
    "A4;Cartier;Tank;;3.900;gut;1899 oder so;4\n"
)
BUYERS = (
    ("Bea", "Winter", "bea@shop.example", "+4915112345678"),
    ("Kemal", "Öztürk", "kemal@shop.example", "+905321234567"),
    ("Noa", "ברק", "noa@shop.example", "+972541234567"),
)


@dataclass
class Stage:
    """The dealer, and one row of each kind to open."""

    dealer: Dealer
    listing: Listing
    order: Order
    endpoint: Endpoint
    delivery: Delivery
    event_id: str
    draft: BackgroundJob
    request_id: str


def create_stage(receiver: Receiver) -> Stage:
    """Create the dealer with all data in the sandbox, as before going live."""
    _set_clock(DAY_SECONDS)  # nothing may be older than its dealer
    dealer, _ = create_dealer(name="Uhrenhaus Lindner", email=EMAIL, password=PASSWORD, tier="business", country="DE")
    User.register(dealer, email=STAFF_EMAIL, password=PASSWORD, role="staff")
    for is_test in (True, False):
        ApiKey.generate(dealer, is_test=is_test)
    endpoint, _ = Endpoint.register(dealer, receiver.url)
    Endpoint.register(dealer, receiver.url + "/erp", events=["order.*", "listing.sold"], mode="live")[0].rotate_secret()
    actor = Actor(dealer, is_test=True, origin="dashboard")
    _send_pings(actor, receiver)
    order = _create_orders(actor)
    work_off()
    receiver.respond = lambda _: (503, {"Content-Type": "text/html"}, b"<h1>Down for <script>maintenance</script></h1>")
    listing = _list_watches(actor)[0].change(actor, {"asking_price_cents": 1_199_000})
    work_off()
    delivery = Delivery.of(dealer).where(Delivery.resource_id == listing.id).order_by(Delivery.sequence.desc()).get()
    draft = BackgroundJob.create_draft(dealer, IMPORT, is_test=True, name="stock.csv", content=SHEET.encode(), total=4)
    record_audit_entry(actor, EMAIL, "key.regenerated", "wth_7PH7pcn7", "Test API key")
    return Stage(dealer, listing, order, endpoint, delivery, delivery.event_id, draft, _record_requests(dealer))


def create_empty_stage() -> Dealer:
    """Create a dealer with nothing but the sample watches."""
    dealer, _ = create_dealer(name="Uhrenhaus Lindner", email=EMAIL, password=PASSWORD, tier="business", country="DE")
    return dealer


def _record_requests(dealer: Dealer) -> str:
    """Record a read and a rejected write of the API, and return the ID of the write in the log."""
    person = Person(dealer, "", "")
    body = b'{"items": [{"listing_id": "inv_gone"}], "customer": {"note": "<script>"}}'
    error = b'{"error": {"type": "not_found_error", "code": "listing_not_found", "message": "There is no listing."}}'
    write(record(person))
    write(
        record(
            person, method="POST", path="/api/v1/orders", operation="createOrder", status=404, request_body=body,
            response_body=error,
        )
    )  # fmt: skip
    return next(request.id for request in requests_of(person) if request.is_error)


def _create_orders(actor: Actor) -> Order:
    watches = _list_watches(actor)
    orders = []
    for number, (first, last, email, phone) in enumerate(BUYERS):
        buyer = {"first_name": first, "last_name": last, "email": email, "phone": phone}
        given = {
            "items": [{"listing_id": watches[number + 1].id}],
            "customer": buyer,
            "external_id": f"SHOP-{1041 + number}",
        }
        orders.append(Order.place(actor, given))
    orders[0].fulfil(actor, {"carrier": "DHL Express", "number": "JD0146", "url": "https://dhl.example/JD0146"})
    orders[1].cancel(actor, "The buyer changed his mind")
    return orders[2]


def _list_watches(actor: Actor) -> list[Listing]:
    return list(Listing.of(actor).where(Listing.status == "in_stock").order_by(Listing.id))


def _send_pings(actor: Actor, receiver: Receiver) -> None:
    """Send pings in every half hour of the last 22 hours, some of which fail: data for the chart."""
    for step in range(PINGS, 0, -1):
        _set_clock(step * 1800)
        receiver.respond = _fail if step % 9 in (4, 5) else _succeed
        for _ in range(1 + step * 7 % 5):
            send_ping(actor, None)
        work_off()
    clock.wall_clock, receiver.respond = time.time, _succeed
    work_off()


def _set_clock(seconds_ago: float) -> None:
    then = time.time() - seconds_ago
    clock.wall_clock = lambda: then


def _fail(_: Delivered) -> StubResponse:
    return 503


def _succeed(_: Delivered) -> StubResponse:
    return 200
