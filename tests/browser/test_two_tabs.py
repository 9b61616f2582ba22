"""Two tabs, impatient clicks and a session that ends, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from models.accounts.session import Session
from models.listing import Listing
from tests.browser.chromium import DESKTOP, sign_in
from tests.browser.stage import EMAIL, PASSWORD, Stage
from tests.hub import Server


@pytest.fixture
def tabs(chromium: Browser, server: Server, stage: Stage) -> Iterator[BrowserContext]:
    """A signed-in browser."""
    context = chromium.new_context(viewport=DESKTOP)
    page = context.new_page()
    sign_in(page, server.site, EMAIL, PASSWORD)
    page.close()
    yield context
    context.close()


def test_older_tab_loses_no_change(tabs: BrowserContext, server: Server, stage: Stage) -> None:
    first, second = tabs.new_page(), tabs.new_page()
    for tab in (first, second):
        tab.goto(f"{server.site}/inventory/{stage.listing.id}")
    first.get_by_label("Asking price").fill("7777")
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_text("Watch updated.")).to_be_visible()
    second.get_by_label("Dial").fill("salmon")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_text("Watch updated.")).to_be_visible()
    listing = Listing.get_by_id(stage.listing.id)
    assert (listing.asking_price_cents, listing.dial_color) == (777_700, "salmon")


def test_conflict_is_decided_by_a_tick(tabs: BrowserContext, server: Server, stage: Stage) -> None:
    first, second = tabs.new_page(), tabs.new_page()
    for tab, price in ((first, "7777"), (second, "8888")):
        tab.goto(f"{server.site}/inventory/{stage.listing.id}")
        tab.get_by_label("Asking price").fill(price)
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_text("Watch updated.")).to_be_visible()
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_text("Somebody changed this field after you opened the page.")).to_be_visible()
    second.get_by_label("Keep the new value: 7777").check()
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_text("Watch updated.")).to_be_visible()
    assert Listing.get_by_id(stage.listing.id).asking_price_cents == 777_700


def test_double_click_adds_one_watch(tabs: BrowserContext, server: Server) -> None:
    tab, before = tabs.new_page(), Listing.select().count()
    tab.goto(f"{server.site}/inventory/new")
    for label, text in (("Brand", "Nomos"), ("Model", "Tangente"), ("Asking price", "1650")):
        tab.get_by_label(label).fill(text)
    tab.get_by_role("button", name="Add to inventory").dblclick()
    tab.wait_for_url("**/inventory/inv_*")
    assert Listing.select().count() == before + 1


def test_input_survives_the_end_of_the_session(tabs: BrowserContext, server: Server) -> None:
    tab = tabs.new_page()
    tab.goto(f"{server.site}/clients/new")
    tab.get_by_label("Last name").fill("Lovelace")
    tab.get_by_label("Email").fill("ada@shop.example")
    Session.delete().execute()
    tab.get_by_role("button", name="Add client").click()
    expect(tab.get_by_text("You were signed out. Sign in to continue with your input.")).to_be_visible()
    tab.get_by_label("Email").fill(EMAIL)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_text("Lovelace")).to_be_visible()
    tab.get_by_role("button", name="Submit").click()
    expect(tab.get_by_text("Client created.")).to_be_visible()
