"""Sign-in, sessions, passwords and sign-out."""

import pytest

from errors import Refusal
from models.accounts.session import Session
from models.accounts.user import User
from tests.cast import Cast
from tests.conftest import Clock
from tests.dashboard.browser import Browser, page
from tests.dashboard.conftest import OWNER, People, password_hash

pytestmark = pytest.mark.usefixtures("accounts")


def test_signing_in_leads_to_the_requested_page(visitor: Browser) -> None:
    next_path = visitor.get("/orders")
    assert page(next_path).of("input", name="next")[0]["value"] == "/orders"
    response = visitor.post("/sign-in", {"email": OWNER.upper(), "password": "a quiet saturday", "next": "/orders"})
    assert response.url.endswith("/orders")


def test_one_email_address_in_two_normalization_forms_is_one_user(visitor: Browser, cast: Cast) -> None:
    nfc, nfd = "jos\u00e9@uhrenhaus.example", "jose\u0301@uhrenhaus.example"
    User.register_with_hash(cast.owner.dealer, email=nfd, password_hash=password_hash(), role="staff")
    with pytest.raises(Refusal, match="already in use"):
        User.register_with_hash(cast.owner.dealer, email=nfc, password_hash=password_hash(), role="staff")
    for number in range(5):
        assert visitor.sign_in((nfc, nfd)[number % 2], "not the password").status_code == 422
    assert "Too many" in visitor.sign_in(nfc).text
    assert Browser(visitor.site).sign_in(OWNER).url.endswith("/")


def test_filters_and_opened_rows_survive_signing_in(visitor: Browser) -> None:
    wanted = "/inventory?q=a%26b&status=sold"
    next_path = page(visitor.get(wanted)).of("input", name="next")[0]["value"]
    response = visitor.post("/sign-in", {"email": OWNER, "password": "a quiet saturday", "next": next_path})
    assert response.url.endswith(wanted)


def test_signing_in_after_a_form_leads_to_a_page(visitor: Browser) -> None:
    response = visitor.post("/account/sign-out-everywhere")
    next_path = page(response).of("input", name="next")[0]["value"]
    assert (
        visitor.post("/sign-in", {"email": OWNER, "password": "a quiet saturday", "next": next_path}).status_code == 200
    )


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_leads_to_no_other_site(visitor: Browser, elsewhere: str) -> None:
    fields = {"email": OWNER, "password": "a quiet saturday", "next": elsewhere}
    assert visitor.post("/sign-in", fields, allow_redirects=False).headers["Location"] == "/"


@pytest.mark.parametrize("email", [OWNER, "nobody@uhrenhaus.example"])
def test_a_wrong_password_and_an_unknown_user_get_the_same_response(visitor: Browser, email: str) -> None:
    result = page(visitor.sign_in(email, "not the password"), 422)
    assert "Incorrect email or password." in result.text
    assert result.value("email") == email
    assert result.value("password") == ""


def test_failed_sign_ins_are_throttled_and_forgotten_after_a_while(visitor: Browser, clock: Clock) -> None:
    for _ in range(5):
        visitor.sign_in(OWNER, "not the password")
    assert "Too many" in visitor.sign_in(OWNER).text
    clock.forward(16 * 60)
    assert visitor.sign_in(OWNER).url.endswith("/")


def test_signing_in_and_signing_out_replace_the_session(visitor: Browser) -> None:
    visitor.get("/sign-in")
    before = visitor.session.cookies["wth_session"]
    visitor.sign_in(OWNER)
    inside = visitor.session.cookies["wth_session"]
    visitor.post("/sign-out")
    assert len({before, inside, visitor.session.cookies["wth_session"]}) == 3
    visitor.session.cookies.set("wth_session", inside, domain="127.0.0.1", path="/")
    assert "/sign-in" in visitor.get("/").url


def test_a_session_that_was_planted_is_replaced(visitor: Browser) -> None:
    visitor.session.cookies.set("wth_session", "planted.0000", domain="127.0.0.1", path="/")
    visitor.sign_in(OWNER)
    assert not visitor.session.cookies["wth_session"].startswith("planted")


def test_cookie_is_kept_from_scripts_and_other_sites(visitor: Browser) -> None:
    cookie = visitor.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_signing_out_everywhere_ends_the_other_browsers(people: People, owner: Browser) -> None:
    owner.post("/account/sign-out-everywhere")
    assert "/sign-in" in people.owner.get("/").url
    assert people.staff.get("/").url.endswith("/")


def test_a_session_ends_after_a_week_without_a_request(owner: Browser, clock: Clock) -> None:
    clock.forward(6 * 24 * 3600)
    assert owner.get("/").url.endswith("/")
    clock.forward(8 * 24 * 3600)
    assert "/sign-in" in owner.get("/").url


def test_changing_the_password_requires_the_current_one_and_signs_out_other_browsers(
    people: People, owner: Browser
) -> None:
    wrong = page(owner.post("/account/password", {"current": "no", "password": "another saturday"}), 422)
    assert "not your current password" in wrong.text
    short = page(owner.post("/account/password", {"current": "a quiet saturday", "password": "short"}), 422)
    assert "at least 10 characters" in short.text
    owner.post("/account/password", {"current": "a quiet saturday", "password": "another saturday"})
    assert owner.get("/account").status_code == 200
    assert "/sign-in" in people.owner.get("/").url
    assert Browser(owner.site).sign_in(OWNER, "another saturday").url.endswith("/")


def test_changing_the_password_ends_a_stolen_session(owner: Browser, visitor: Browser) -> None:
    stolen = owner.session.cookies["wth_session"]
    changed = owner.post("/account/password", {"current": "a quiet saturday", "password": "another saturday"})
    assert "Password changed. All other browsers are signed out." in page(changed).text
    visitor.session.cookies.set("wth_session", stolen, domain="127.0.0.1", path="/")
    assert "/sign-in" in visitor.get("/").url


def test_a_reset_link_works_once_and_for_a_day(visitor: Browser, clock: Clock) -> None:
    user = User.find_by_email(OWNER)
    assert user is not None
    link, late = f"/reset/{user.create_reset_token()}", f"/reset/{user.create_reset_token()}"
    assert visitor.post(link, {"password": "a third saturday"}).url.endswith("/")
    assert visitor.get(link).status_code == 409
    fresh = f"/reset/{User.get_by_id(user.id).create_reset_token()}"
    clock.forward(25 * 3600)
    assert visitor.get(fresh).status_code == 409
    assert visitor.get(late[:-1] + "0").status_code == 409


def test_two_processes_cannot_use_a_reset_link_at_once() -> None:
    user = User.find_by_email(OWNER)
    assert user is not None
    link = user.create_reset_token()
    first, second = User.find_by_reset_token(link), User.find_by_reset_token(link)
    Session.change_password(first, "a third saturday")
    with pytest.raises(Refusal, match="has just been changed"):
        Session.change_password(second, "a fourth saturday")
    assert User.has_password(User.find_by_email(OWNER), "a third saturday")


def test_tokens_are_not_in_the_database(owner: Browser) -> None:
    token = owner.session.cookies["wth_session"].partition(".")[0]
    assert token not in [row.digest for row in Session.select()]
