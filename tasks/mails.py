"""Sends mails of the outbox, every minute.

Not a part of the periodic jobs: a slow mail server must not delay them. No transaction is open while a mail is sent.
"""

import logging
import smtplib
import time

from huey import crontab

import config
from models.accounts.mail import Mail
from models.database import DatabaseUnavailable, connection
from tasks import smtp
from tasks.queues.huey_queues import periodic_queue

RUN_SECONDS = 40  # then the next run continues
PERMANENT = 500  # SMTP reply codes from here on: a retry has the same result

log = logging.getLogger("wth.mails")


@periodic_queue.periodic_task(crontab(minute="*"), name="send_mails")  # type: ignore[untyped-decorator] # huey ships no types
def send_mails() -> None:
    """Send mails that are due."""
    if not config.has_mail():
        return
    try:
        send_due_mails()
    except DatabaseUnavailable:
        return  # the outage is logged already
    except Exception:
        log.exception("Mails were not sent; they will be retried.")


def send_due_mails() -> int:
    """Send mails that are due, over one connection.

    Returns the number of accepted mails. Stops at a failure of the server, and after RUN_SECONDS.
    """
    ends_at, sent = time.monotonic() + RUN_SECONDS, 0
    mail = _claim()
    if mail is None:
        return 0
    try:
        with smtp.open_connection() as server:
            while mail is not None:
                sent += _send(server, mail)
                mail = _claim() if time.monotonic() < ends_at else None
    except OSError as error:  # it concerns all mails
        if mail is not None:
            _record_failure(mail, error, is_final=False)
    return sent


def _claim() -> Mail | None:
    with connection():
        return Mail.claim_next()


def _send(server: smtplib.SMTP, mail: Mail) -> bool:
    """Send one mail; return False if it was rejected.

    Raises OSError for a failure of the server.
    """
    try:
        with connection():
            to = mail.user.email
            message = smtp.build_message(mail.id, to, mail.subject, mail.render_text(), mail.created_at)
        smtp.send(server, message, to)
    except smtplib.SMTPServerDisconnected:
        raise
    except (ValueError, smtplib.SMTPException) as error:
        _record_failure(mail, error, is_final=_is_final(error))
        return False
    with connection():
        mail.record_sent()
    return True


def _record_failure(mail: Mail, error: Exception, *, is_final: bool) -> None:
    with connection():
        is_failed = mail.record_failure(is_final=is_final)
    result, reason = "it will not be retried" if is_failed else "it will be retried", smtp.describe_error(error)
    log.warning("Mail was not sent; %s. mail=%s kind=%s error=%s", result, mail.id, mail.kind, reason)


def _is_final(error: Exception) -> bool:
    """Return True if a retry would have the same result."""
    recipients = getattr(error, "recipients", None)  # addresses that the server rejected, with its responses
    if recipients:
        return all(code >= PERMANENT for code, _ in recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= PERMANENT
    return isinstance(error, (ValueError, smtplib.SMTPNotSupportedError))
