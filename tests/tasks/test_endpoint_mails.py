"""Mails about endpoints: failing, disabled, and a regenerated secret."""

import itertools
from collections.abc import Iterator

import pytest

import config
from models.accounts.user import User
from models.base import new_id
from models.clock import now
from models.delivery.endpoint_health import check_failing_endpoints
from models.listing import Listing
from tasks.mails import send_mails
from tests.cast import Cast
from tests.mail_server import MailServer, run_mail_server
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import edit

TENTH_OF_DAY = 2.4 * 3600


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> Iterator[MailServer]:
    """A server that the hub uses; each dealer has an owner."""
    for name, dealer in (("owner", cast.owner.dealer), ("stranger", cast.stranger.dealer)):
        email = f"{name}@dealers.example"
        User.create(id=new_id("usr"), dealer=dealer, email=email, password_hash="", role="owner", created_at=now())
    with run_mail_server() as running:
        monkeypatch.setattr(config, "SMTP_URL", f"smtp://127.0.0.1:{running.port}")
        monkeypatch.setattr(config, "MAIL_FROM", "hub@mail.example")
        yield running


def test_owner_gets_a_mail_at_50_70_and_90_percent_and_when_the_endpoint_is_disabled(
    mail_server: MailServer, cast: Cast, receiver: Receiver, watch: Listing, later: Later
) -> None:
    cast.owner.endpoint(f"{receiver.url}?token=geheim")
    receiver.respond = lambda _: 500
    prices = itertools.count(100)
    counts = []
    for _ in range(52):
        edit(cast.owner, watch, next(prices))
        later(TENTH_OF_DAY)
        check_failing_endpoints()
        send_mails.call_local()
        counts.append(len(mail_server.mails))
    failing = "Your webhook endpoint is failing"
    assert mail_server.subjects() == [failing, failing, failing, "Your webhook endpoint was disabled"]
    assert [counts.index(count) for count in (1, 2, 3, 4)] == [25, 35, 45, 50]
    assert set(mail_server.recipients) == {"owner@dealers.example"}
    assert "127.0.0.1" in mail_server.texts()[0]
    assert "geheim" not in "".join(mail_server.texts())


def test_endpoint_that_is_gone_is_reported(
    mail_server: MailServer, cast: Cast, receiver: Receiver, watch: Listing, later: Later
) -> None:
    cast.owner.endpoint(receiver.url)
    receiver.respond = lambda _: 410
    edit(cast.owner, watch, 100)
    later(1)
    send_mails.call_local()
    assert mail_server.subjects() == ["Your webhook endpoint was disabled"]


def test_regenerated_secret_is_reported_without_the_secret(mail_server: MailServer, cast: Cast) -> None:
    endpoint, _ = cast.owner.endpoint("https://uhrenhaus.example/hooks")
    secret = endpoint.rotate_secret()
    send_mails.call_local()
    assert mail_server.subjects() == ["Your webhook secret was regenerated"]
    assert mail_server.recipients == ["owner@dealers.example"]
    [text] = mail_server.texts()
    assert "uhrenhaus.example" in text
    assert secret not in text
