"""`wth user`: people are added, helped to a new password, signed out."""

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


def test_a_person_that_was_added_signs_in(visitor: Browser) -> None:
    added = run("create", "--dealer", OWNER, "--email", "Carl@uhrenhaus.example", "--password", "a long weekend")
    assert added["role"] == "staff"
    assert visitor.sign_in("carl@uhrenhaus.example", "a long weekend").url.endswith("/")


def test_a_second_person_with_the_same_address_is_refused() -> None:
    refused = run("create", "--dealer", OWNER, "--email", STAFF, "--password", "a long weekend", status=1)
    assert refused["error"]["code"] == "email_taken"


def test_people_are_listed_without_their_passwords() -> None:
    listed = run("list", "--dealer", OWNER)
    assert [(one["email"], one["role"]) for one in listed["data"]] == [(OWNER, "owner"), (STAFF, "staff")]


def test_the_link_sets_a_new_password(visitor: Browser) -> None:
    link = run("reset", OWNER)["link"]
    assert visitor.post(link.removeprefix("http://hub.test"), {"password": "a new weekend"}).url.endswith("/")
    assert User.has_password(User.find_by_email(OWNER), "a new weekend")


def test_sign_out_ends_every_session(owner: Browser) -> None:
    assert run("sign-out", OWNER)["ended"] == 1
    assert Session.select().count() == 0
    assert "/sign-in" in owner.get("/").url


def test_an_unknown_person_is_a_refusal() -> None:
    assert run("reset", "nobody@nowhere.example", status=1)["error"]["code"] == "user_not_found"
