"""SMTP: connects to the server of WTH_SMTP_URL and sends mails."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

import config

TIMEOUT_SECONDS = 10  # for each step of the protocol
SMTP_PORT, SMTPS_PORT = 587, 465


class TlsRequired(smtplib.SMTPException):
    """The server offers no STARTTLS, and is not on this machine."""


@contextmanager
def open_connection() -> Iterator[smtplib.SMTP]:
    """Connect and sign in.

    Raises OSError, which includes smtplib.SMTPException, if the server is unavailable, its certificate is invalid, or
    it rejects the password.
    """
    parts = urlsplit(config.SMTP_URL)
    server = _connect(parts, parts.hostname or "")
    try:
        if parts.username is not None:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
    finally:
        with suppress(OSError):
            server.quit()
        server.close()


def _connect(parts: SplitResult, host: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, parts.port or SMTPS_PORT, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(host, parts.port or SMTP_PORT, timeout=TIMEOUT_SECONDS)
    try:
        _start_tls(server, host, context)
    except BaseException:
        server.close()
        raise
    return server


def _start_tls(server: smtplib.SMTP, host: str, context: ssl.SSLContext) -> None:
    """Encrypt the connection.

    Only a server on this machine may go without: an attacker in between could remove the offer of STARTTLS.
    """
    server.ehlo_or_helo_if_needed()
    if server.has_extn("starttls"):
        server.starttls(context=context)
    elif not is_loopback(host):
        raise TlsRequired("The server offers no STARTTLS. Use smtps://, or a server on this machine.")


def is_loopback(host: str) -> bool:
    """Return True for `localhost` and loopback addresses."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def build_message(mail_id: str, to: str, subject: str, text: str, created_at: int) -> EmailMessage:
    """Build a plain-text message.

    Its Message-ID depends on `mail_id` only, so that a repeated message is recognized. `created_at` is in ms. Raises
    ValueError for an address that no header can contain.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = config.MAIL_FROM
    message["To"] = _parse_address(to)
    message["Date"] = format_datetime(datetime.fromtimestamp(created_at // 1000, UTC))
    message["Message-ID"] = f"<{mail_id}@{sender_address().domain}>"
    message["Subject"] = subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _parse_address(text: str) -> Address:
    try:
        return Address(addr_spec=text)
    except (MessageError, IndexError) as error:  # the parser raises them for some invalid addresses
        raise ValueError("not an email address") from error


def sender_address() -> Address:
    """Return the address of WTH_MAIL_FROM."""
    [address] = SMTP.header_factory("From", config.MAIL_FROM).addresses
    return address  # type: ignore[no-any-return] # the stubs do not know the class of the header


def send(server: smtplib.SMTP, message: EmailMessage, to: str) -> None:
    """Send a message to one address. Raises OSError."""
    server.send_message(message, from_addr=sender_address().addr_spec, to_addrs=[to])


def describe_error(error: Exception) -> str:
    """Describe an error without responses of the server.

    Those may repeat parts of the sign-in.
    """
    if isinstance(error, TlsRequired) or not isinstance(error, smtplib.SMTPException):
        return str(error)
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()
