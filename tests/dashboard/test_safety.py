"""Every page: security headers, weight, and escaping of stored text."""

import re
from collections.abc import Callable

import pytest

from models.customer import Customer
from models.database import db
from models.delivery.delivery import Delivery
from models.delivery.ping import send_ping
from models.order import Order
from tests.cast import Cast
from tests.dashboard.browser import Browser, page
from tests.receiver import Receiver

SCRIPT = '<script>alert("x")</script><img src=x onerror=alert(1)>'
BIDI_OVERRIDES = "abc\u202edcba\u2066"
MAX_BYTES = 150_000


def test_every_response_has_the_security_headers(visitor: Browser) -> None:
    for path in ("/sign-in", "/nowhere", "/static/site.css", "/inventory"):
        headers = visitor.get(path, allow_redirects=False).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


def test_pages_are_not_cached_and_static_files_are(owner: Browser) -> None:
    response = owner.get("/")
    assert response.headers["Cache-Control"] == "no-store"
    style = page(response).of("link", rel="stylesheet")[0]["href"]
    assert "immutable" in owner.get(style).headers["Cache-Control"]


def test_the_overview_weighs_under_150_kb_and_loads_nothing_from_other_hosts(owner: Browser) -> None:
    first = owner.get("/")
    result = page(first)
    links = [link["href"] for link in result.of("link")] + [script["src"] for script in result.of("script")]
    assert all(link.startswith("/static/") for link in links)
    assert len(first.content) + sum(len(owner.get(link).content) for link in links) < MAX_BYTES


def test_no_page_has_inline_script_or_style(owner: Browser, cast: Cast) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    for path in ("/", "/inventory", "/orders", "/channels/custom", "/channels/custom/settings", "/channels/custom/log"):
        result = page(owner.get(path))
        assert not [
            found for _, found in result.elements if "style" in found or any(name.startswith("on") for name in found)
        ]
        assert all(script.get("src") for script in result.of("script"))
        assert not result.of("style")


@pytest.mark.parametrize(
    "text", [SCRIPT, BIDI_OVERRIDES, "<b>" * 3000 + "x" * 1000, "]]>--><!--", "{{ 7 * 7 }}{% raw %}"]
)
def test_stored_text_is_never_markup(owner: Browser, cast: Cast, text: str) -> None:
    actor = cast.owner.actor()
    listing = cast.owner.listing(brand=text, model=text, title=text, description=text)
    customer, _ = Customer.upsert(actor, {"email": "b@x.example", "first_name": text, "notes": text})
    order = Order.place(
        actor,
        {
            "items": [{"listing_id": listing.id}],
            "customer": {"id": customer.id},
            "note": text,
            "external_id": text[:200],
        },
    )
    paths = ("/", "/inventory", f"/inventory/{listing.id}", "/orders", f"/orders/{order.id}", "/clients",
             f"/clients/{customer.id}", "/orders/new", "/audit")  # fmt: skip
    for path in paths:
        response = owner.get(path)
        assert response.status_code == 200, path
        assert SCRIPT not in response.text
        assert "<b><b>" not in response.text
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", response.text)
        assert "49}" not in response.text


def test_a_receivers_response_is_shown_as_text(
    owner: Browser, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    receiver.respond = lambda _: (500, {"X-Odd": "<i>odd</i>"}, SCRIPT.encode() + b"\x00\xff\xfe" + b"y" * 10_000)
    cast.owner.endpoint(receiver.url)
    cast.owner.listing(title=SCRIPT)
    deliver()
    delivery = Delivery.of(cast.owner.dealer).get()
    response = owner.get(f"/channels/custom/log?open={delivery.id}")
    assert response.status_code == 200
    assert "&lt;script&gt;alert" in response.text
    assert SCRIPT not in response.text
    assert "<i>odd" not in response.text
    assert "\x00" not in response.text


def test_stored_headers_that_are_not_json_are_shown_as_text(
    owner: Browser, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    cast.owner.endpoint(receiver.url)
    send_ping(cast.owner.actor(), None)
    deliver()
    db.execute_sql('UPDATE attempt SET response_headers = \'{"X-Json":"{\\"secret\\": \\"whsec_..."}"}\'')
    delivery = Delivery.of(cast.owner.dealer).get()
    assert "X-Json" in page(owner.get(f"/channels/custom/log?open={delivery.id}")).text
    assert owner.get("/channels/custom/setup/ping").status_code == 200


@pytest.mark.parametrize("typed", ["a\x00b", "line\x1b[31m"])
def test_control_characters_are_an_error_beside_the_field(owner: Browser, typed: str) -> None:
    result = page(owner.post("/clients/new", {"first_name": typed, "email": "a@b.example"}), 422)
    assert result.of("input", name="first_name", **{"aria-invalid": "true"})
    assert Customer.select().count() == 0


def test_invalid_utf8_in_a_url_is_harmless(owner: Browser) -> None:
    assert owner.get("/inventory?q=%ff%fe%00&page=%ff").status_code == 200
    assert owner.get("/inventory/%ff%00").status_code == 404
