"""Password reset by mail: the same response for everybody, a link that works once, and limits."""

import re
from collections.abc import Iterator

import pytest

import config
from models.accounts.mail import Mail
from tasks.mails import send_mails
from tests.conftest import Clock
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import OWNER, STAFF
from tests.mail_server import MailServer, run_mail_server

pytestmark = pytest.mark.usefixtures("accounts")
FORM = "/password-forgotten"


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with run_mail_server() as running:
        monkeypatch.setattr(config, "SMTP_URL", f"smtp://127.0.0.1:{running.port}")
        monkeypatch.setattr(config, "MAIL_FROM", "hub@mail.example")
        yield running


def test_user_sets_a_new_password_with_the_link_of_the_mail(mail_server: MailServer, visitor: Browser) -> None:
    assert FORM in visitor.get("/sign-in").text
    assert visitor.post(FORM, {"email": STAFF.upper()}).status_code == 200
    assert "/reset/" not in Mail.get().body
    send_mails.call_local()
    assert mail_server.recipients == [STAFF]
    [path] = re.findall(r"http://hub\.test(/reset/\S+)", mail_server.texts()[0])
    assert visitor.post(path, {"password": "another quiet saturday"}).url.endswith("/")
    assert Browser(visitor.site).get(path).status_code != 200


def test_unknown_address_gets_the_same_response_and_no_mail(mail_server: MailServer, visitor: Browser) -> None:
    known = visitor.post(FORM, {"email": OWNER})
    unknown = visitor.post(FORM, {"email": "nobody@uhrenhaus.example"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    send_mails.call_local()
    assert mail_server.recipients == [OWNER]


def test_account_gets_three_links_in_15_minutes(mail_server: MailServer, visitor: Browser, clock: Clock) -> None:
    responses = {visitor.post(FORM, {"email": OWNER}).text for _ in range(5)}
    assert len(responses) == 1
    assert Mail.select().count() == 3
    assert visitor.sign_in(OWNER).url.endswith("/")
    clock.forward(16 * 60)
    Browser(visitor.site).post(FORM, {"email": OWNER})
    assert Mail.select().count() == 4


def test_address_requests_20_links_in_15_minutes(mail_server: MailServer, visitor: Browser) -> None:
    for number in range(20):
        visitor.post(FORM, {"email": f"nobody{number}@uhrenhaus.example"})
    visitor.post(FORM, {"email": OWNER})
    assert Mail.select().count() == 0


def test_hub_without_mail_has_no_form(visitor: Browser) -> None:
    assert "Ask your administrator" in visitor.get("/sign-in").text
    assert visitor.get(FORM).status_code == 404
    assert visitor.post(FORM, {"email": OWNER}).status_code == 404
