"""`wth user`: creates users, resets their passwords and ends their sessions."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from commands.user import user
from models.accounts.session import Session
from models.accounts.user import User
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import OWNER, STAFF

pytestmark = pytest.mark.usefixtures("accounts")


def run(*arguments: str, status: int = 0) -> Any:
    result = CliRunner().invoke(user, [*arguments, "--json"])
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


def test_new_user_can_sign_in(visitor: Browser) -> None:
    created = run("create", "--dealer", OWNER, "--email", "Carl@uhrenhaus.example", "--password", "a long weekend")
    assert created["role"] == "staff"
    assert visitor.sign_in("carl@uhrenhaus.example", "a long weekend").url.endswith("/")


def test_password_may_have_a_thousand_characters(visitor: Browser) -> None:
    password = "a long ö weekend " * 58
    run("create", "--dealer", OWNER, "--email", "carl@uhrenhaus.example", "--password", password)
    assert visitor.sign_in("carl@uhrenhaus.example", password).url.endswith("/")
    assert "Incorrect" in visitor.sign_in("carl@uhrenhaus.example", password[:-1]).text


def test_second_user_with_the_same_address_is_rejected() -> None:
    document = run("create", "--dealer", OWNER, "--email", STAFF, "--password", "a long weekend", status=1)
    assert document["error"]["code"] == "email_taken"


def test_users_are_listed_by_role() -> None:
    users = run("list", "--dealer", OWNER)["data"]
    assert [(user["email"], user["role"]) for user in users] == [(OWNER, "owner"), (STAFF, "staff")]


def test_reset_link_sets_a_new_password(visitor: Browser) -> None:
    link = run("reset", OWNER)["link"]
    assert visitor.post(link.removeprefix("http://hub.test"), {"password": "a new weekend"}).url.endswith("/")
    assert User.has_password(User.find_by_email(OWNER), "a new weekend")


def test_sign_out_ends_every_session(owner: Browser) -> None:
    assert run("sign-out", OWNER)["ended"] == 1
    assert Session.select().count() == 0
    assert "/sign-in" in owner.get("/").url


def test_unknown_user_is_rejected() -> None:
    assert run("reset", "nobody@nowhere.example", status=1)["error"]["code"] == "user_not_found"
