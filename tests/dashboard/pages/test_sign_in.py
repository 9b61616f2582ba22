"""Signing in, staying signed in, and being signed out."""

import pytest

from models.accounts.session import Session
from models.accounts.user import User
from tests.conftest import Clock
from tests.dashboard.browser import Browser, page
from tests.dashboard.conftest import OWNER, People

pytestmark = pytest.mark.usefixtures("accounts")


def test_owner_signs_in_and_lands_where_they_wanted_to_go(visitor: Browser) -> None:
    asked = visitor.get("/orders")
    assert page(asked).of("input", name="next")[0]["value"] == "/orders"
    answer = visitor.post("/sign-in", {"email": OWNER.upper(), "password": "a quiet saturday", "next": "/orders"})
    assert answer.url.endswith("/orders")


def test_filters_and_opened_rows_survive_signing_in(visitor: Browser) -> None:
    wanted = "/inventory?q=a%26b&status=sold"
    asked = page(visitor.get(wanted)).of("input", name="next")[0]["value"]
    answer = visitor.post("/sign-in", {"email": OWNER, "password": "a quiet saturday", "next": asked})
    assert answer.url.endswith(wanted)


def test_signing_in_after_a_form_leads_to_a_page(visitor: Browser) -> None:
    answer = visitor.post("/account/sign-out-everywhere")
    asked = page(answer).of("input", name="next")[0]["value"]
    assert visitor.post("/sign-in", {"email": OWNER, "password": "a quiet saturday", "next": asked}).status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_leads_to_no_other_site(visitor: Browser, elsewhere: str) -> None:
    fields = {"email": OWNER, "password": "a quiet saturday", "next": elsewhere}
    assert visitor.post("/sign-in", fields, allow_redirects=False).headers["Location"] == "/"


@pytest.mark.parametrize("email", [OWNER, "nobody@uhrenhaus.example"])
def test_a_wrong_password_and_an_unknown_person_look_the_same(visitor: Browser, email: str) -> None:
    answer = page(visitor.sign_in(email, "not the password"), 422)
    assert "Incorrect email or password." in answer.text
    assert answer.value("email") == email
    assert answer.value("password") == ""


def test_failed_sign_ins_are_throttled_and_forgotten_after_a_while(visitor: Browser, clock: Clock) -> None:
    for _ in range(5):
        visitor.sign_in(OWNER, "not the password")
    assert "Too many" in visitor.sign_in(OWNER).text
    clock.forward(16 * 60)
    assert visitor.sign_in(OWNER).url.endswith("/")


def test_session_is_another_after_signing_in_and_after_signing_out(visitor: Browser) -> None:
    visitor.get("/sign-in")
    before = visitor.session.cookies["wth_session"]
    visitor.sign_in(OWNER)
    inside = visitor.session.cookies["wth_session"]
    visitor.post("/sign-out")
    assert len({before, inside, visitor.session.cookies["wth_session"]}) == 3
    visitor.session.cookies.set("wth_session", inside, domain="127.0.0.1", path="/")
    assert "/sign-in" in visitor.get("/").url


def test_a_planted_session_is_not_taken_over(visitor: Browser) -> None:
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


def test_a_session_ends_after_a_week_without_a_visit(owner: Browser, clock: Clock) -> None:
    clock.forward(6 * 24 * 3600)
    assert owner.get("/").url.endswith("/")
    clock.forward(8 * 24 * 3600)
    assert "/sign-in" in owner.get("/").url


def test_changing_the_password_needs_the_present_one_and_signs_others_out(people: People, owner: Browser) -> None:
    wrong = page(owner.post("/account/password", {"current": "no", "password": "another saturday"}), 422)
    assert "not your current password" in wrong.text
    short = page(owner.post("/account/password", {"current": "a quiet saturday", "password": "short"}), 422)
    assert "at least 10 characters" in short.text
    owner.post("/account/password", {"current": "a quiet saturday", "password": "another saturday"})
    assert owner.get("/account").status_code == 200
    assert "/sign-in" in people.owner.get("/").url
    assert Browser(owner.site).sign_in(OWNER, "another saturday").url.endswith("/")


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


def test_tokens_are_not_in_the_database(owner: Browser) -> None:
    token = owner.session.cookies["wth_session"].partition(".")[0]
    assert token not in [row.digest for row in Session.select()]
