"""Users: an owner invites and removes people, with and without a mail server."""

import re
from collections.abc import Iterator

import pytest
import requests

import config
from models.accounts import invitation
from models.accounts.user import User
from tasks.mails import send_mails
from tests.cast import Cast
from tests.conftest import Clock
from tests.dashboard.browser import Browser, page
from tests.dashboard.conftest import OWNER, STAFF, STRANGER, People
from tests.mail_server import MailServer, run_mail_server

BEN, PASSWORD = "ben@uhrenhaus.example", "a quiet sunday"
DAY = 86_400


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with run_mail_server() as running:
        monkeypatch.setattr(config, "SMTP_URL", f"smtp://127.0.0.1:{running.port}")
        monkeypatch.setattr(config, "MAIL_FROM", "hub@mail.example")
        yield running


def invite(owner: Browser, email: str = BEN, role: str = "staff") -> requests.Response:
    return owner.post("/users", {"email": email, "role": role})


def link_in(text: str) -> str:
    [path] = re.findall(r"http://hub\.test(/reset/[^\s\"]+)", text)
    return str(path)


def id_of(email: str) -> str:
    return str(User.find_by_email(email).id)  # type: ignore[union-attr] # the user exists


def test_person_chooses_a_password_with_the_link_of_the_mail(
    owner: Browser, visitor: Browser, mail_server: MailServer
) -> None:
    assert "Invited" in invite(owner).text
    send_mails.call_local()
    assert mail_server.recipients == [BEN]
    assert OWNER in mail_server.texts()[0]
    assert visitor.post(link_in(mail_server.texts()[0]), {"password": PASSWORD}).url.endswith("/")
    assert visitor.get("/users").status_code == 403  # staff
    assert "Invited" not in owner.get("/users").text
    assert Browser(visitor.site).sign_in(BEN, PASSWORD).url.endswith("/")


def test_hub_without_mail_shows_a_link(owner: Browser, visitor: Browser) -> None:
    assert "sends no mail" in owner.get("/users").text
    path = link_in(invite(owner, role="owner").text)
    assert visitor.post(path, {"password": PASSWORD}).url.endswith("/")
    assert visitor.get("/users").status_code == 200
    assert Browser(visitor.site).get(path).status_code != 200


def test_new_link_replaces_the_previous_one_and_expires_after_a_week(
    owner: Browser, visitor: Browser, clock: Clock
) -> None:
    first = link_in(invite(owner).text)
    second = link_in(invite(owner).text)  # the same form again, or a double click
    third = link_in(owner.post(f"/users/{id_of(BEN)}/link").text)
    assert [visitor.get(path).status_code == 200 for path in (first, second, third)] == [False, False, True]
    clock.forward(7 * DAY - 60)
    assert visitor.get(third).status_code == 200
    clock.forward(60)
    assert visitor.get(third).status_code != 200


def test_invited_person_cannot_sign_in_without_a_password(owner: Browser, visitor: Browser) -> None:
    invite(owner)
    stored = User.find_by_email(BEN)
    assert stored is not None
    for password in (stored.password_hash, "no user has this password"):
        assert "Incorrect email or password." in visitor.sign_in(BEN, password).text


def test_removed_person_is_signed_out_at_once(people: People) -> None:
    response = people.owner.post(f"/users/{id_of(STAFF)}/remove")
    assert STAFF in response.text
    assert people.staff.get("/", allow_redirects=False).headers["Location"].startswith("/sign-in")
    assert "Incorrect email or password." in Browser(people.owner.site).sign_in(STAFF).text


def test_owner_cannot_remove_herself(owner: Browser) -> None:
    assert "Ask another owner" in owner.post(f"/users/{id_of(OWNER)}/remove").text
    assert owner.get("/users").status_code == 200


@pytest.mark.parametrize("action", ["link", "remove"])
def test_user_of_another_dealer_does_not_exist(people: People, action: str) -> None:
    assert people.owner.post(f"/users/{id_of(STRANGER)}/{action}").status_code == 404
    assert people.stranger.get("/users").status_code == 200
    assert STRANGER not in people.owner.get("/users").text


def test_person_with_a_password_gets_no_link(owner: Browser) -> None:
    response = owner.post(f"/users/{id_of(STAFF)}/link")
    assert "accepted the invitation already" in response.text
    assert "/reset/" not in response.text


@pytest.mark.parametrize(
    ("email", "error"), [(STAFF, "already in use"), (STRANGER, "already in use"), ("ben", "such as")]
)
def test_form_says_why_nobody_was_invited(people: People, email: str, error: str) -> None:
    result = page(invite(people.owner, email), 422)
    assert error in result.text
    assert result.value("email") == email


def test_dealer_has_fifty_users_at_most(owner: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitation, "MAX_USERS", 3)
    invite(owner)
    response = invite(owner, "carla@uhrenhaus.example")
    assert response.status_code == 422
    assert "Remove one first" in response.text
    assert User.of(cast.owner.dealer).count() == 3
