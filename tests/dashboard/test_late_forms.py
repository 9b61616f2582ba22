"""Forms of a page that is too old: the session has ended, or its row has changed or is gone. Nothing typed is lost."""

from typing import Any

import pytest

from models.accounts.session import Session
from models.customer import Customer
from models.delivery.endpoint import Endpoint
from models.listing import Listing
from models.order import Order
from tests.cast import Cast
from tests.dashboard.browser import PASSWORD, Browser, Page, page
from tests.dashboard.conftest import OWNER
from tests.dashboard.form_reader import FormReader, fill

OWN = {"Sec-Fetch-Site": "same-origin"}
CLIENT = {"last_name": "Lovelace", "email": "ada@shop.example", "notes": "one\r\ntwo <b>"}


def submit(browser: Browser, path: str, fields: Any, **headers: str) -> Page:
    """Submit a form as a browser does that says where the form is from."""
    response = browser.post(path, fields, token=None, headers={**OWN, "Referer": browser.site + path, **headers})
    return Page(response.text)


def read_form(shown: Page, having: str) -> dict[str, str]:
    [form] = [form for form in FormReader(shown.source).forms if having in dict(form)]
    return dict(form)


def test_input_is_saved_after_signing_in_again(owner: Browser) -> None:
    form = fill(owner.get("/clients/new").text, "form_token", **CLIENT)
    Session.delete().execute()
    asked = submit(owner, "/clients/new", [*form, ("csrf_token", "0" * 64)])
    assert "You were signed out. Sign in to continue with your input." in asked.text
    wrong = submit(owner, "/sign-in", {**read_form(asked, "kept"), "email": OWNER, "password": "not the password"})
    assert "Incorrect email or password." in wrong.text
    kept = submit(owner, "/sign-in", {**read_form(wrong, "kept"), "email": OWNER, "password": PASSWORD})
    assert "one two <b>" in kept.text
    assert Customer.select().count() == 0
    submit(owner, "/clients/new", read_form(kept, "form_token"))
    assert Customer.get().notes == "one\ntwo <b>"


def test_form_of_an_earlier_session_is_submitted_after_a_look(owner: Browser) -> None:
    form = [*fill(owner.get("/clients/new").text, "form_token", **CLIENT), ("csrf_token", owner.csrf_token())]
    owner.post("/sign-out")
    owner.sign_in(OWNER)
    kept = submit(owner, "/clients/new", form)
    assert "Nothing was saved yet." in kept.text
    submit(owner, "/clients/new", read_form(kept, "form_token"))
    assert Customer.get().email == "ada@shop.example"


def test_passwords_are_not_kept(owner: Browser) -> None:
    form = fill(owner.get("/account").text, "current", current=PASSWORD, password="a louder sunday")
    Session.delete().execute()
    asked = submit(owner, "/account/password", form)
    assert PASSWORD not in asked.source
    assert "a louder sunday" not in asked.source


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_forms_of_other_sites_are_not_kept(owner: Browser, headers: dict[str, str]) -> None:
    form = fill(owner.get("/clients/new").text, "form_token", **CLIENT)
    for end in (owner.session.cookies.clear, Session.delete().execute):
        response = owner.post("/clients/new", form, token="0" * 64, headers=headers)
        assert "Lovelace" not in response.text
        end()


def test_older_browser_says_where_a_form_is_from(owner: Browser) -> None:
    form = fill(owner.get("/clients/new").text, "form_token", **CLIENT)
    Session.delete().execute()
    response = owner.post("/clients/new", form, token="0" * 64, headers={"Origin": owner.site})
    assert "Lovelace" in response.text


@pytest.mark.parametrize("text", ["[", "{}", '["/clients/new", 5]', '["//evil.example/x", []]', "[" * 9000])
def test_kept_form_that_nobody_has_kept_is_harmless(owner: Browser, text: str) -> None:
    owner.post("/sign-out")
    response = owner.post("/sign-in", {"email": OWNER, "password": PASSWORD, "kept": text})
    assert response.status_code == 200
    assert "evil.example" not in response.text


def test_long_form_leads_to_sign_in(owner: Browser) -> None:
    Session.delete().execute()
    asked = submit(owner, "/clients/new", {**CLIENT, "notes": "x" * 20_000})
    assert "You were signed out, or this page was out of date." in asked.text


def test_second_tab_of_the_sign_in_page_works(owner: Browser) -> None:
    owner.post("/sign-out")
    older = read_form(page(owner.get("/sign-in")), "next")
    owner.session.cookies.clear()
    asked = submit(owner, "/sign-in", {**older, "email": OWNER, "password": PASSWORD})
    assert "Sign in to continue." in asked.text
    owner.sign_in(OWNER)
    assert "Overview" in submit(owner, "/sign-in", {**older, "email": OWNER, "password": PASSWORD}).text


def test_late_cancellation_shows_the_order_and_the_reason(owner: Browser, cast: Cast) -> None:
    order_input = {"items": [{"listing_id": cast.owner.listing().id}], "customer": {"email": "b@x.example"}}
    order = Order.place(cast.owner.actor(), order_input)
    form = dict(fill(owner.get(f"/orders/{order.id}").text, "reason", reason="Changed her mind"))
    order.fulfil(cast.owner.actor(), None)
    response = owner.post(f"/orders/{order.id}/cancel", form, headers=OWN)
    assert response.status_code == 422
    assert "fulfilled" in page(response, 422).text
    assert "Changed her mind" in response.text


def test_form_for_a_row_that_is_gone_leads_to_the_page_above(owner: Browser, cast: Cast) -> None:
    endpoint, _ = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    cast.owner.endpoint("http://127.0.0.1:9/other")
    token = owner.csrf_token()
    Endpoint.delete().where(Endpoint.id == endpoint.id).execute()
    path = f"/channels/custom/endpoints/{endpoint.id}"
    shown = submit(owner, f"{path}/pause", {"csrf_token": token})
    assert "There is no endpoint with this ID" in shown.text
    assert "Custom Integration" in shown.text


def test_action_that_came_too_late_leads_back_with_the_reason(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing()
    token = owner.csrf_token()
    Listing.get_by_id(listing.id).sell(cast.owner.actor())
    path = f"/inventory/{listing.id}"
    headers = {**OWN, "Referer": f"{owner.site}{path}?q=1"}
    response = owner.post(f"{path}/sell", {}, token=token, headers=headers)
    assert response.url == f"{owner.site}{path}?q=1"
    assert "already sold" in page(response).text
