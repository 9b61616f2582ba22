"""The dealer's people, each in a browser of their own."""

from dataclasses import dataclass

import pytest

from models.enrolment import enrol
from models.user import User
from tests.cast import Cast
from tests.dashboard.browser import PASSWORD, Browser
from tests.hub import Server

OWNER, STAFF, STRANGER = "owner@uhrenhaus.example", "staff@uhrenhaus.example", "owner@stranger.example"


@dataclass
class People:
    """Signed in, all but `nobody`."""

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
        User.register(dealer, email=email, password=PASSWORD, role=role)


@pytest.fixture
def people(accounts: None, server: Server) -> People:
    signed_in = [Browser(server.site) for _ in range(3)]
    for browser, email in zip(signed_in, (OWNER, STAFF, STRANGER), strict=True):
        assert browser.sign_in(email).status_code == 200
    return People(*signed_in, Browser(server.site))


@pytest.fixture
def owner(accounts: None, server: Server) -> Browser:
    """The owner's browser alone; it looks at the sandbox."""
    browser = Browser(server.site)
    assert browser.sign_in(OWNER).status_code == 200
    return browser


@pytest.fixture
def visitor(server: Server) -> Browser:
    """Nobody's browser."""
    return Browser(server.site)


@pytest.fixture
def starter(server: Server) -> Browser:
    """The owner of a dealer below Business."""
    enrol(name="Small Watches", email="small@watches.example", password=PASSWORD, tier="starter", country="DE")
    browser = Browser(server.site)
    assert browser.sign_in("small@watches.example").status_code == 200
    return browser
