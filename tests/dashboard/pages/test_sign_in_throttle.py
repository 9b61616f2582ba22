"""Throttle on sign-ins: exact under concurrency, per client, and no tool to lock an owner out."""

import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest

import config
from app import create_app
from contract.client_address import ClientAddressMiddleware
from models.accounts.sign_in_throttle import SignInAttempt
from models.accounts.user import User
from tests.conftest import Clock
from tests.dashboard.browser import PASSWORD, Browser
from tests.dashboard.conftest import OWNER, STAFF, sign_in_browser
from tests.hub import Server, serve_app

pytestmark = pytest.mark.usefixtures("accounts")
DAY_SECONDS = 24 * 3600
WRONG_PASSWORD = "not the password"


@pytest.fixture(scope="module")
def proxied() -> Iterator[Server]:
    """A hub behind a proxy on this machine: X-Forwarded-For decides the address."""
    with serve_app(ClientAddressMiddleware(create_app(), [ip_network("127.0.0.1")])) as server:
        yield server


def outcome(browser: Browser, email: str = OWNER, password: str = WRONG_PASSWORD, address: str = "") -> str:
    """Sign in and return what the browser shows."""
    headers = {"X-Forwarded-For": address} if address else {}
    text = browser.sign_in(email, password, headers=headers, allow_redirects=False).text
    return next((words for words in ("Incorrect", "Too many") if words in text), "signed in")


def lock_out(email: str) -> None:
    """What a hundred wrong passwords from twenty addresses leave behind, without hashing each."""
    for number in range(100):
        SignInAttempt.begin(email, f"203.0.113.{number % 20}")


def forget_session(browser: Browser) -> Browser:
    """The same browser after its session has ended."""
    browser.session.cookies.pop("wth_session", None)
    return browser


def known_cookies(browser: Browser) -> dict[str, str]:
    cookies = browser.session.cookies.get_dict()
    return {name: value for name, value in cookies.items() if name.startswith("wth_browser")}


def test_exactly_five_of_twenty_parallel_passwords_are_checked(server: Server) -> None:
    browsers = [Browser(server.site) for _ in range(20)]
    for browser in browsers:
        browser.get("/sign-in")
    with ThreadPoolExecutor(20) as threads:
        outcomes = Counter(threads.map(outcome, browsers))
    assert outcomes == {"Incorrect": 5, "Too many": 15}


@pytest.mark.parametrize("email", [OWNER, "nobody@uhrenhaus.example"])
def test_an_ipv6_client_cannot_change_its_address_within_its_network(proxied: Server, email: str) -> None:
    network = f"2001:db8:{secrets.token_hex(2)}:7"
    for number in range(1, 6):
        SignInAttempt.begin(email, f"{network}::{number}")
    assert outcome(Browser(proxied.site), email, address=f"{network}::6") == "Too many"


def test_strangers_cannot_lock_an_owner_out_of_a_known_browser(owner: Browser, visitor: Browser) -> None:
    lock_out(OWNER)
    assert outcome(visitor, password=PASSWORD) == "Too many"
    assert outcome(forget_session(owner), password=PASSWORD) == "signed in"


def test_strangers_cannot_lock_an_owner_out_of_the_password_form(owner: Browser) -> None:
    lock_out(OWNER)
    response = owner.post("/account/password", {"current": PASSWORD, "password": "another saturday"})
    assert response.url.endswith("/account")


def test_a_known_browser_has_five_failures_of_its_own(owner: Browser, visitor: Browser) -> None:
    forget_session(owner)
    assert [outcome(owner) for _ in range(6)] == ["Incorrect"] * 5 + ["Too many"]
    assert outcome(visitor) == "Incorrect"


def test_each_browser_has_its_own_failures(server: Server, owner: Browser) -> None:
    second = sign_in_browser(server, OWNER)
    forget_session(owner)
    assert [outcome(owner) for _ in range(6)][-1] == "Too many"
    assert outcome(forget_session(second), password=PASSWORD) == "signed in"


def test_a_browser_is_known_only_for_users_who_have_signed_in_with_it(server: Server, owner: Browser) -> None:
    """Staff have no more guesses at the owner's password than strangers."""
    staff = forget_session(sign_in_browser(server, STAFF))
    [token], [name] = known_cookies(staff).values(), known_cookies(owner)
    staff.session.cookies.set(name, token, domain="127.0.0.1", path="/")
    lock_out(OWNER)
    assert outcome(staff, password=PASSWORD) == "Too many"


def test_two_users_can_share_a_known_browser(server: Server) -> None:
    browser = Browser(server.site)
    for email in (OWNER, STAFF):
        browser.sign_in(email)
        forget_session(browser)
    lock_out(OWNER)
    lock_out(STAFF)
    assert [outcome(forget_session(browser), email, PASSWORD) for email in (OWNER, STAFF)] == [
        "signed in",
        "signed in",
    ]


def test_a_new_password_makes_other_browsers_unknown(server: Server, owner: Browser) -> None:
    old = sign_in_browser(server, OWNER)
    owner.post("/account/password", {"current": PASSWORD, "password": "another saturday"})
    lock_out(OWNER)
    assert outcome(forget_session(old), password="another saturday") == "Too many"
    assert outcome(forget_session(owner), password="another saturday") == "signed in"


def test_a_reset_makes_other_browsers_unknown(owner: Browser, visitor: Browser) -> None:
    user = User.find_by_email(OWNER)
    assert user is not None
    visitor.post(f"/reset/{user.create_reset_token()}", {"password": "a third saturday"})
    lock_out(OWNER)
    assert outcome(forget_session(owner), password="a third saturday") == "Too many"
    assert outcome(forget_session(visitor), password="a third saturday") == "signed in"


def test_a_browser_stays_known_while_the_secret_key_is_replaced(
    owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "SECRET_KEY_PREVIOUS", (config.SECRET_KEY,))
    monkeypatch.setattr(config, "SECRET_KEY", "k" * 43)
    lock_out(OWNER)
    assert outcome(forget_session(owner), password=PASSWORD) == "signed in"
    monkeypatch.setattr(config, "SECRET_KEY_PREVIOUS", ())
    assert outcome(forget_session(owner), password=PASSWORD) == "signed in", "its token was signed again"


def test_a_browser_is_unknown_after_a_year(owner: Browser, clock: Clock) -> None:
    clock.forward(366 * DAY_SECONDS)
    lock_out(OWNER)
    assert outcome(forget_session(owner), password=PASSWORD) == "Too many"


@pytest.mark.parametrize("change", ["", "x", "1.x.00", "é"])
def test_a_forged_browser_is_unknown(owner: Browser, change: str) -> None:
    [name] = known_cookies(forget_session(owner))
    owner.session.cookies.set(name, change, domain="127.0.0.1", path="/")
    lock_out(OWNER)
    assert outcome(owner, password=PASSWORD) == "Too many"


def test_cookie_of_a_known_browser_is_kept_from_scripts_and_other_sites(visitor: Browser) -> None:
    response = visitor.sign_in(OWNER, allow_redirects=False)
    [cookie] = [text for text in response.raw.headers.getlist("Set-Cookie") if text.startswith("wth_browser")]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert OWNER not in cookie


def test_cookies_are_secure_behind_tls(visitor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    token = visitor.csrf_token()
    monkeypatch.setattr(config, "PUBLIC_URL", "https://hub.test")
    response = visitor.post("/sign-in", {"email": OWNER, "password": PASSWORD}, token=token, allow_redirects=False)
    assert ["Secure" in cookie for cookie in response.raw.headers.getlist("Set-Cookie")] == [True, True]


def test_failures_of_a_clock_that_ran_ahead_do_not_lock_out_for_longer(visitor: Browser, clock: Clock) -> None:
    clock.forward(DAY_SECONDS)
    lock_out(OWNER)
    clock.forward(-DAY_SECONDS)
    assert outcome(visitor) == "Incorrect"


def test_attempts_are_deleted_when_they_no_longer_count(clock: Clock) -> None:
    lock_out(OWNER)
    assert SignInAttempt.delete_expired() == 0
    clock.forward(16 * 60)
    assert SignInAttempt.delete_expired() == 100
