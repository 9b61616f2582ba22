"""A dealer's first day, in a real browser and with a real receiver."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from models.accounts.integration import Integration
from models.database import db
from tests.browser.chromium import sign_in
from tests.browser.stage import EMAIL, PASSWORD, create_empty_stage
from tests.client import Client
from tests.hub import Server
from tests.receiver import Receiver
from webhooks import signing

Deliver = Callable[[], None]


def read_secret(tab: Page) -> str:
    secret: str = tab.locator("#revealed").input_value()
    tab.get_by_role("link", name="I've saved it, continue").click()
    return secret


def is_signed_with(receiver: Receiver, secret: str) -> bool:
    last = receiver.deliveries[-1]
    header = last.headers["WTH-Signature"]
    return signing.verify(header=header, body=last.body, secrets=[secret], now=int(time.time())).is_valid


def test_a_dealers_first_day(first_day: Page, server: Server, receiver: Receiver, deliver: Deliver) -> None:
    tab = first_day
    expect(tab.get_by_text("Test mode is on.")).to_be_visible()

    key = set_up_key(tab)
    tab.go_back()
    assert key not in tab.content()
    tab.go_forward()
    secret = set_up_endpoint(tab, receiver)
    ping_and_see_it_arrive(tab, receiver, deliver)
    assert is_signed_with(receiver, secret)

    publish_a_watch(tab)
    deliver()
    assert receiver.events[-1] == "listing.published"

    receiver.respond = lambda _: (503, {}, b"closed for lunch")
    order(server, key)
    deliver()
    retry_what_failed(tab, server, receiver, deliver)

    new_secret = rotate(tab, server)
    tab.get_by_role("link", name="Overview").nth(1).click()
    tab.get_by_role("button", name="Send a test event").click()
    deliver()
    assert is_signed_with(receiver, secret)
    assert is_signed_with(receiver, new_secret)

    go_live(tab, server)


def set_up_key(tab: Page) -> str:
    tab.get_by_role("link", name="Custom Integration").click()
    tab.get_by_role("button", name="Create test key").click()
    key = read_secret(tab)
    assert re.fullmatch(r"wth_[A-Za-z0-9]{32}", key)
    return key


def set_up_endpoint(tab: Page, receiver: Receiver) -> str:
    tab.get_by_label("Webhook URL").fill("ftp://wrong.example")
    tab.get_by_role("button", name="Save and show secret").click()
    expect(tab.get_by_label("Webhook URL")).to_be_focused()
    tab.get_by_label("Webhook URL").fill(receiver.url)
    tab.get_by_role("button", name="Save and show secret").click()
    secret = read_secret(tab)
    assert secret.startswith("whsec_")
    return secret


def ping_and_see_it_arrive(tab: Page, receiver: Receiver, deliver: Deliver) -> None:
    tab.get_by_role("button", name="Send test event").click()
    expect(tab.get_by_text("Sending…")).to_be_visible()
    deliver()
    expect(tab.get_by_text("Test event delivered.")).to_be_visible()  # the page looks by itself
    expect(tab.get_by_text("Skip this step")).to_be_hidden()
    assert receiver.events == ["integration.test_event"]
    tab.get_by_role("link", name="Continue").click()
    expect(tab.get_by_text("Test event delivered")).to_be_visible()


def publish_a_watch(tab: Page) -> None:
    tab.get_by_role("link", name="Inventory").click()
    tab.get_by_role("link", name="Add a watch").click()
    for label, text in (("Brand", "Nomos"), ("Model", "Tangente 38"), ("Asking price (EUR)", "1.650")):
        tab.get_by_label(label).fill(text)
    tab.get_by_role("button", name="Add and publish").click()
    expect(tab.get_by_text("Watch added to your inventory.")).to_be_visible()


def order(server: Server, key: str) -> None:
    api = Client(server.url, key)
    listing = api.get("/listings", brand="Nomos").json()["data"][0]
    assert api.order(listing["id"]).status_code == 201


def retry_what_failed(tab: Page, server: Server, receiver: Receiver, deliver: Deliver) -> None:
    tab.goto(f"{server.site}/channels/custom/log")
    tab.get_by_role("link", name="order.received").click()
    panel = tab.get_by_role("complementary", name="Delivery")
    expect(panel.get_by_text("closed for lunch")).to_be_visible()
    receiver.respond = lambda _: 200
    panel.get_by_role("button", name="Retry now").click()
    deliver()
    expect(panel.get_by_text("Delivered")).to_be_visible()
    expect(panel.get_by_text("Attempt 2, manual")).to_be_visible()


def rotate(tab: Page, server: Server) -> str:
    tab.goto(f"{server.site}/channels/custom/settings")
    tab.get_by_role("link", name="Edit").click()
    tab.get_by_text("Rotate secret…").click()
    tab.get_by_role("button", name="Rotate secret", exact=True).click()
    secret = read_secret(tab)
    expect(tab.get_by_text(re.compile(r"expires in\s+23:59:\d\d"))).to_be_visible()
    return secret


def go_live(tab: Page, server: Server) -> None:
    tab.goto(f"{server.site}/channels/custom/setup/live")
    tab.get_by_role("button", name="Create live key").click()
    read_secret(tab)
    tab.get_by_text("Go live…").click()
    tab.get_by_role("button", name="Go live now").click()
    expect(tab.get_by_text("You're live.")).to_be_visible()
    expect(tab.get_by_text("Test mode is on.")).to_be_hidden()
    assert db.execute_sql("SELECT is_test_mode FROM integration").fetchone()[0] in (0, False)
    assert Integration.get().is_live


def test_log_updates_by_itself_and_leaves_an_open_part_alone(
    first_day: Page, server: Server, receiver: Receiver, deliver: Deliver
) -> None:
    from models.dealer import Actor, Dealer
    from models.delivery.endpoint import Endpoint
    from models.delivery.ping import send_ping

    dealer = Dealer.get()
    Endpoint.register(dealer, receiver.url)
    first_day.goto(f"{server.site}/channels/custom/log")
    expect(first_day.get_by_text("No deliveries yet")).to_be_visible()
    send_ping(Actor(dealer, is_test=True, origin="dashboard"), None)
    deliver()
    expect(first_day.get_by_role("link", name="integration.test_event")).to_be_visible(timeout=8000)
    expect(first_day.get_by_text("1–1 of 1 delivery")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/inventory", "/channels/custom/setup/key"])
def test_the_keyboard_reaches_the_content_first(first_day: Page, server: Server, path: str) -> None:
    first_day.goto(server.site + path)
    first_day.keyboard.press("Tab")
    expect(first_day.get_by_role("link", name="Skip to content")).to_be_focused()
    first_day.keyboard.press("Enter")
    expect(first_day.locator("main")).to_be_focused()


def test_everything_works_without_javascript(
    chromium: Browser, server: Server, receiver: Receiver, deliver: Deliver
) -> None:
    create_empty_stage()
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    sign_in(tab, server.site, EMAIL, PASSWORD)
    set_up_key(tab)
    tab.get_by_label("Webhook URL").fill(receiver.url)
    tab.get_by_role("button", name="Save and show secret").click()
    expect(tab.get_by_text("Copy", exact=True)).to_be_hidden()  # it could not do anything
    read_secret(tab)
    tab.get_by_role("button", name="Send test event").click()
    deliver()
    tab.reload()
    expect(tab.get_by_text("Test event delivered.")).to_be_visible()
    go_live(tab, server)
    context.close()
