"""The dealer's users, each in a browser of their own."""

import functools
from dataclasses import dataclass

import pytest
from argon2 import PasswordHasher

from models.accounts.user import User
from models.base import new_id
from models.clock import now
from models.onboarding import create_dealer
from tests.cast import Cast
from tests.dashboard.browser import PASSWORD, Browser
from tests.dashboard.rows import create_rows
from tests.hub import Server

OWNER, STAFF, STRANGER = "owner@uhrenhaus.example", "staff@uhrenhaus.example", "owner@stranger.example"


@dataclass
class People:
    """All signed in but `nobody`."""

    owner: Browser
    staff: Browser
    stranger: Browser
    nobody: Browser


@pytest.fixture
def accounts(cast: Cast) -> None:
    for dealer, email, role in (
        (cast.owner.dealer, OWNER, "owner"),
        (cast.owner.dealer, STAFF, "staff"),
        (cast.stranger.dealer, STRANGER, "owner"),
    ):
        at = now()
        User.create(
            id=new_id("usr"), dealer=dealer, email=email, password_hash=password_hash(), role=role, created_at=at
        )


@functools.cache
def password_hash() -> str:
    """A hash of the usual form that takes no time to check: its parameters are part of it."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def sign_in_browser(server: Server, email: str) -> Browser:
    browser = Browser(server.site)
    assert browser.sign_in(email, allow_redirects=False).status_code == 303
    return browser


@pytest.fixture
def people(accounts: None, server: Server) -> People:
    return People(
        owner=sign_in_browser(server, OWNER),
        staff=sign_in_browser(server, STAFF),
        stranger=sign_in_browser(server, STRANGER),
        nobody=Browser(server.site),
    )


@pytest.fixture
def owner(accounts: None, server: Server) -> Browser:
    """The owner's browser. It shows the sandbox."""
    return sign_in_browser(server, OWNER)


@pytest.fixture
def visitor(server: Server) -> Browser:
    """A browser without a session."""
    return Browser(server.site)


@pytest.fixture
def starter(server: Server) -> Browser:
    """The browser of an owner on the Starter plan."""
    create_dealer(name="Small Watches", email="small@watches.example", password=PASSWORD, tier="starter", country="DE")
    return sign_in_browser(server, "small@watches.example")


@pytest.fixture
def ids(cast: Cast) -> dict[str, str]:
    return create_rows(cast)
