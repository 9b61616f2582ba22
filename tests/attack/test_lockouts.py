"""Strangers that try to lock somebody else out."""

from functools import partial

from tests.attack.arena import Arena
from tests.attack.bystander import ADDRESS
from tests.attack.conftest import BYSTANDER_EMAIL
from tests.attack.raw_http import exchange, request, status_of
from tests.dashboard.browser import PASSWORD, Browser
from tests.handlers.source_address import SourceAddressAdapter


def test_requests_without_a_key_from_the_bystanders_address(arena: Arena) -> None:
    """A picture on any web page makes the bystander's own browser send them."""
    sent = request("GET", "/api/v1/me", [])
    with arena.attack("requests without a key, same address", seconds=3) as attack:
        attack.repeat(lambda: status_of(exchange(arena.port, ADDRESS, sent)))


def test_wrong_keys_from_the_bystanders_address(arena: Arena) -> None:
    sent = request("GET", "/api/v1/me", [("Authorization", "Bearer wth_" + "x" * 32)])
    with arena.attack("wrong keys, same address", seconds=3) as attack:
        attack.repeat(lambda: status_of(exchange(arena.port, ADDRESS, sent)))


def test_owner_signs_in_while_strangers_guess_the_password(arena: Arena) -> None:
    known = Browser(arena.server.site)
    assert known.sign_in(BYSTANDER_EMAIL, allow_redirects=False).status_code == 303
    known.post("/sign-out")
    with arena.attack("100 wrong passwords of 20 addresses") as attack:
        attack.at_once(*(partial(guess, arena, f"127.0.2.{number + 1}") for number in range(20)))
    assert known.sign_in(BYSTANDER_EMAIL, PASSWORD, allow_redirects=False).status_code == 303


def guess(arena: Arena, address: str) -> None:
    browser = Browser(arena.server.site)
    browser.session.mount("http://", SourceAddressAdapter(address))
    token = browser.csrf_token()
    for number in range(5):
        browser.post("/sign-in", {"email": BYSTANDER_EMAIL, "password": f"wrong password {number}"}, token=token)
