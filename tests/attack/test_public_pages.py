"""Strangers that flood what needs neither key nor session: the readiness probe, and requests for reset links."""

from functools import partial

from models.accounts.mail import Mail
from models.accounts.sign_in_throttle import MAX_RESETS_PER_EMAIL
from tests.attack.arena import ATTACKER, Arena
from tests.attack.conftest import BYSTANDER_EMAIL, OpenArena
from tests.attack.raw_http import exchange, request, status_of
from tests.dashboard.browser import Browser
from tests.handlers.source_address import SourceAddressAdapter

NO_SERVER = {"WTH_SMTP_URL": "smtp://127.0.0.1:1", "WTH_MAIL_FROM": "hub@mail.example"}
REQUESTS = 50


def test_readiness_probes_in_eight_threads(arena: Arena) -> None:
    sent = request("GET", "/ready", [])
    with arena.attack("readiness probes, 8 threads") as attack:
        attack.repeat(lambda: status_of(exchange(arena.port, ATTACKER, sent)), threads=8)


def test_strangers_request_reset_links_for_the_bystander(open_arena: OpenArena) -> None:
    with open_arena(**NO_SERVER) as arena:
        with arena.attack("reset links of 20 addresses") as attack:
            attack.at_once(*(partial(request_links, arena, f"127.0.2.{number + 1}") for number in range(20)))
        assert Mail.select().count() <= MAX_RESETS_PER_EMAIL


def request_links(arena: Arena, address: str) -> None:
    """Request links for the bystander and for nobody in turn."""
    browser = Browser(arena.server.site)
    browser.session.mount("http://", SourceAddressAdapter(address))
    token = browser.csrf_token()
    for number in range(REQUESTS):
        email = f"nobody{number}@shop.example" if number % 2 else BYSTANDER_EMAIL
        browser.post("/password-forgotten", {"email": email}, token=token)
