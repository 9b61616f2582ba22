"""What every page keeps: headers, weight, and that stored text is never markup."""

import re

import pytest

from models.customer import Customer
from models.delivery.delivery import Delivery
from models.order import Order
from tests.cast import Cast
from tests.conftest import Receiver
from tests.dashboard.browser import Browser, page

NASTY = '<script>alert("x")</script><img src=x onerror=alert(1)>'
TURNED = "abc\u202edcba\u2066"
MOST_BYTES = 150_000


def test_every_answer_carries_the_security_headers(visitor: Browser) -> None:
    for path in ("/sign-in", "/nowhere", "/static/site.css", "/inventory"):
        headers = visitor.get(path, allow_redirects=False).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


def test_pages_are_not_kept_by_caches_but_files_are(owner: Browser) -> None:
    answer = owner.get("/")
    assert answer.headers["Cache-Control"] == "no-store"
    style = page(answer).of("link", rel="stylesheet")[0]["href"]
    assert "immutable" in owner.get(style).headers["Cache-Control"]


def test_first_page_weighs_under_150_kb_and_asks_no_one_else(owner: Browser) -> None:
    first = owner.get("/")
    answer = page(first)
    links = [link["href"] for link in answer.of("link")] + [script["src"] for script in answer.of("script")]
    assert all(link.startswith("/static/") for link in links)
    assert len(first.content) + sum(len(owner.get(link).content) for link in links) < MOST_BYTES


def test_no_page_has_inline_script_or_style(owner: Browser, cast: Cast) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    for path in ("/", "/inventory", "/orders", "/channels/custom", "/channels/custom/settings", "/channels/custom/log"):
        answer = page(owner.get(path))
        assert not [
            found for _, found in answer.elements if "style" in found or any(name.startswith("on") for name in found)
        ]
        assert all(script.get("src") for script in answer.of("script"))
        assert not answer.of("style")


@pytest.mark.parametrize("text", [NASTY, TURNED, "<b>" * 3000 + "x" * 1000, "]]>--><!--", "{{ 7 * 7 }}{% raw %}"])
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
        answer = owner.get(path)
        assert answer.status_code == 200, path
        assert NASTY not in answer.text
        assert "<b><b>" not in answer.text
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", answer.text)
        assert "49}" not in answer.text


def test_what_a_receiver_answers_is_shown_as_text(
    owner: Browser, cast: Cast, receiver: Receiver, deliver: object
) -> None:
    receiver.respond = lambda _: (500, {"X-Odd": "<i>odd</i>"}, NASTY.encode() + b"\x00\xff\xfe" + b"y" * 10_000)
    cast.owner.endpoint(receiver.url)
    cast.owner.listing(title=NASTY)
    deliver()  # type: ignore[operator] # the fixture is a function
    delivery = Delivery.of(cast.owner.dealer).get()
    answer = owner.get(f"/channels/custom/log?open={delivery.id}")
    assert answer.status_code == 200
    assert "&lt;script&gt;alert" in answer.text
    assert NASTY not in answer.text
    assert "<i>odd" not in answer.text
    assert "\x00" not in answer.text


@pytest.mark.parametrize("typed", ["a\x00b", "line\x1b[31m"])
def test_control_characters_are_refused_beside_the_field(owner: Browser, typed: str) -> None:
    answer = page(owner.post("/clients/new", {"first_name": typed, "email": "a@b.example"}), 422)
    assert answer.of("input", name="first_name", **{"aria-invalid": "true"})
    assert Customer.select().count() == 0


def test_invalid_utf8_in_address_and_form_does_no_harm(owner: Browser) -> None:
    assert owner.get("/inventory?q=%ff%fe%00&page=%ff").status_code == 200
    assert owner.get("/inventory/%ff%00").status_code == 404
    sent = owner.session.post(
        owner.site + "/clients/new",
        data=b"first_name=%ff%fe&email=a%40b.example&csrf_token=" + owner.csrf_token().encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=20,
    )
    assert sent.status_code == 200
    assert Customer.get().first_name == "\ufffd\ufffd"


def test_a_body_beyond_the_bound_is_refused_before_it_is_read(owner: Browser) -> None:
    answer = owner.session.post(owner.site + "/inventory/import", data=b"x" * (18 * 1024 * 1024), timeout=20)
    assert answer.status_code == 413
