"""A real SMTP server on loopback, which keeps the mails that it accepts."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "hub", "p@ss/word:geheim"


class MailServer:
    """`mails` are the accepted ones, `recipients` their envelopes' addresses.

    `rejection` is the response to the next recipients, None to accept them.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.rejection: str | None = None
        self.has_tls: list[bool] = []
        self.port = 0

    async def handle_HELO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str) -> str:  # noqa: N802 - aiosmtpd's name
        session.host_name = hostname
        return "250 mail.test"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rejection is not None:
            return self.rejection
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        self.recipients += envelope.rcpt_tos
        self.has_tls.append(session.ssl is not None)
        return "250 OK"

    def texts(self) -> list[str]:
        return [mail.get_content() for mail in self.mails]

    def subjects(self) -> list[str]:
        return [mail["Subject"] for mail in self.mails]


class FreePortController(Controller):
    """Listens on a free port; aiosmtpd connects to its configured one."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call] # aiosmtpd does not type it


def _authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    expected = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=data == expected, handled=False)


@contextmanager
def run_mail_server(
    *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None, requires_sign_in: bool = False
) -> Iterator[MailServer]:
    """Run a server: plain, with STARTTLS, or with TLS from the first byte."""
    running = MailServer()
    controller = FreePortController(
        running,
        hostname="127.0.0.1",
        port=0,
        server_hostname="mail.test",
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=_authenticate,
        auth_required=requires_sign_in,
        auth_require_tls=starttls is not None,
    )
    controller.start()
    try:
        running.port = controller.port
        yield running
    finally:
        controller.stop()
