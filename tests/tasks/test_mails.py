"""Mails: written with their cause, sent by the worker over SMTP, retried for a day."""

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import trustme
from argon2 import PasswordHasher

import config
from models import retention
from models.accounts.api_key import ApiKey
from models.accounts.mail import Mail
from models.accounts.user import User
from models.base import new_id
from models.clock import now
from models.database import db
from models.dealer import Dealer
from tasks.mails import send_mails
from tests.cast import Cast
from tests.conftest import Clock
from tests.mail_server import PASSWORD, USER, MailServer, run_mail_server

OWNER, STAFF, STRANGER = "owner@uhrenhaus.example", "staff@uhrenhaus.example", "owner@stranger.example"
MINUTE, DAY = 60, 24 * 3600
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("a long password")


@pytest.fixture(autouse=True)
def users(cast: Cast) -> None:
    for dealer, email, role in (
        (cast.owner.dealer, OWNER, "owner"),
        (cast.owner.dealer, STAFF, "staff"),
        (cast.stranger.dealer, STRANGER, "owner"),
    ):
        User.create(id=new_id("usr"), dealer=dealer, email=email, password_hash=HASH, role=role, created_at=now())


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A server without TLS, which the hub uses."""
    with run_mail_server() as running:
        use_server(monkeypatch, f"smtp://127.0.0.1:{running.port}")
        yield running


def use_server(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(config, "SMTP_URL", url)
    monkeypatch.setattr(config, "MAIL_FROM", "WatchTraderHub <hub@mail.example>")


def send() -> None:
    send_mails.call_local()


def regenerate(dealer: Dealer) -> None:
    ApiKey.generate(dealer, is_test=True)


def test_regenerated_key_is_reported_to_owners_of_the_dealer_only(mail_server: MailServer, cast: Cast) -> None:
    regenerate(cast.owner.dealer)
    send()
    [mail] = mail_server.mails
    assert mail_server.recipients == [OWNER]
    assert mail["To"] == OWNER
    assert mail["From"] == "WatchTraderHub <hub@mail.example>"
    assert mail["Subject"] == "Your test API key was regenerated"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@mail.example>")
    assert mail["Date"].datetime.timestamp() == pytest.approx(now() / 1000, abs=60)
    assert mail.get_content_type() == "text/plain"
    assert "http://hub.test/channels/custom/settings" in mail.get_content()
    assert "wth_" not in mail.get_content()


def test_first_key_is_not_reported(mail_server: MailServer, cast: Cast) -> None:
    ApiKey.delete().where(ApiKey.dealer == cast.owner.dealer).execute()
    regenerate(cast.owner.dealer)
    assert Mail.select().count() == 0


def test_mail_is_sent_once(mail_server: MailServer, cast: Cast) -> None:
    regenerate(cast.owner.dealer)
    send()
    send()
    assert len(mail_server.mails) == 1


def test_mail_of_a_rolled_back_change_is_not_sent(mail_server: MailServer, cast: Cast) -> None:
    with db.atomic() as transaction:
        regenerate(cast.owner.dealer)
        transaction.rollback()
    send()
    assert mail_server.mails == []


def test_hub_without_settings_writes_no_mail(cast: Cast) -> None:
    regenerate(cast.owner.dealer)
    send()
    assert Mail.select().count() == 0


def test_mail_that_a_worker_has_claimed_is_sent_by_nobody_else_until_its_lease_expires(
    mail_server: MailServer, cast: Cast, clock: Clock
) -> None:
    regenerate(cast.owner.dealer)
    claimed = Mail.claim_next()
    assert claimed is not None
    send()
    assert mail_server.mails == []
    clock.forward(11 * MINUTE)
    send()
    assert [mail["Message-ID"] for mail in mail_server.mails] == [f"<{claimed.id}@mail.example>"]
    claimed.record_failure(is_final=False)  # a result that comes too late
    clock.forward(DAY)
    send()
    assert len(mail_server.mails) == 1


def test_temporary_rejection_is_retried(mail_server: MailServer, cast: Cast, clock: Clock) -> None:
    mail_server.rejection = "451 Try again later"
    regenerate(cast.owner.dealer)
    send()
    mail_server.rejection = None
    clock.forward(MINUTE - 1)
    send()
    assert mail_server.mails == []
    clock.forward(2)
    send()
    assert len(mail_server.mails) == 1


def test_permanent_rejection_is_not_retried_and_other_mails_are_sent(
    mail_server: MailServer, cast: Cast, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    mail_server.rejection = "550 No such user"
    regenerate(cast.owner.dealer)
    send()
    mail_server.rejection = None
    clock.forward(2 * DAY)
    regenerate(cast.stranger.dealer)
    send()
    assert mail_server.recipients == [STRANGER]
    [line] = [record.getMessage() for record in caplog.records if record.name == "wth.mails"]
    assert line.startswith("Mail was not sent; it will not be retried. mail=ml_")
    assert OWNER not in line


def test_mail_fails_after_a_day(
    monkeypatch: pytest.MonkeyPatch, cast: Cast, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    use_server(monkeypatch, f"smtp://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:1")
    regenerate(cast.owner.dealer)
    for _ in range(30):
        send()
        clock.forward(3600)
    assert Mail.select().where(Mail.due_at.is_null(False)).count() == 0
    lines = [record.getMessage() for record in caplog.records if record.name == "wth.mails"]
    assert 20 < len(lines) < 30
    assert "it will not be retried" in lines[-1]
    assert "geheim" not in caplog.text


def test_completed_mails_are_deleted_with_the_log(mail_server: MailServer, cast: Cast, clock: Clock) -> None:
    regenerate(cast.owner.dealer)
    send()
    clock.forward(89 * DAY)
    regenerate(cast.owner.dealer)
    assert retention.delete_old_mails(now()) == 0
    clock.forward(2 * DAY)
    assert retention.delete_old_mails(now()) == 1
    assert Mail.select().count() == 1


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> trustme.CA:
    """An authority that the hub trusts."""
    ca, file = trustme.CA(), tmp_path_factory.mktemp("authority") / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return ca


def certified(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


def test_password_is_sent_over_starttls(monkeypatch: pytest.MonkeyPatch, authority: trustme.CA, cast: Cast) -> None:
    with run_mail_server(starttls=certified(authority, "127.0.0.1"), requires_sign_in=True) as running:
        use_server(monkeypatch, f"smtp://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{running.port}")
        regenerate(cast.owner.dealer)
        send()
        assert running.has_tls == [True]


def test_mail_is_sent_over_smtps(monkeypatch: pytest.MonkeyPatch, authority: trustme.CA, cast: Cast) -> None:
    with run_mail_server(tls=certified(authority, "127.0.0.1")) as running:
        use_server(monkeypatch, f"smtps://127.0.0.1:{running.port}")
        regenerate(cast.owner.dealer)
        send()
        assert len(running.mails) == 1


def test_wrong_password_is_retried_and_not_logged(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA, cast: Cast, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    with run_mail_server(starttls=certified(authority, "127.0.0.1"), requires_sign_in=True) as running:
        use_server(monkeypatch, f"smtp://{USER}:geheim@127.0.0.1:{running.port}")
        regenerate(cast.owner.dealer)
        send()
        assert "it will be retried" in caplog.text
        assert "error=SMTPAuthenticationError 535" in caplog.text
        assert "geheim" not in caplog.text
        use_server(monkeypatch, f"smtp://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{running.port}")
        clock.forward(MINUTE + 1)
        send()
        assert len(running.mails) == 1


@pytest.mark.parametrize("has_starttls", [True, False])
def test_certificate_of_another_host_is_rejected(
    monkeypatch: pytest.MonkeyPatch,
    authority: trustme.CA,
    cast: Cast,
    caplog: pytest.LogCaptureFixture,
    has_starttls: bool,
) -> None:
    context = certified(authority, "mail.example")
    starttls, tls = (context, None) if has_starttls else (None, context)
    with run_mail_server(starttls=starttls, tls=tls) as running:
        use_server(monkeypatch, f"smtp{'' if has_starttls else 's'}://127.0.0.1:{running.port}")
        regenerate(cast.owner.dealer)
        send()
        assert running.mails == []
        assert "CERTIFICATE_VERIFY_FAILED" in caplog.text


def test_server_elsewhere_must_offer_starttls(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    use_server(monkeypatch, f"smtp://127.1:{mail_server.port}")  # the resolver knows this form, the hub does not
    regenerate(cast.owner.dealer)
    send()
    assert mail_server.mails == []
    assert "offers no STARTTLS" in caplog.text


def test_hung_server_ends_the_attempt(
    monkeypatch: pytest.MonkeyPatch, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("tasks.smtp.TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use_server(monkeypatch, f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        regenerate(cast.owner.dealer)
        send()
    assert "it will be retried" in caplog.text


@pytest.mark.parametrize("email", ["a,b@uhrenhaus.example", '"a@uhrenhaus.example', "a<b>@uhrenhaus.example"])
def test_address_that_no_header_can_contain_is_not_retried(
    mail_server: MailServer, cast: Cast, caplog: pytest.LogCaptureFixture, email: str
) -> None:
    User.update(email=email).where(User.email == OWNER).execute()
    regenerate(cast.owner.dealer)
    send()
    assert mail_server.mails == []
    assert "it will not be retried" in caplog.text
