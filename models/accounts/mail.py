"""Mails to users: a transactional outbox.

A mail is a row, written in the transaction of its cause. `tasks/mails.py` sends it.
"""

from typing import Self

import peewee

import config
from models.accounts.user import INVITATION_VALID_MS, RESET_LINK_VALID_MS, User
from models.base import Row, new_id
from models.clock import DAY_MS, HOUR_MS, MINUTE_MS, now
from models.dealer import Dealer

RETRY_DELAYS_MS = (MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS)  # the last one repeats
FAILED_AFTER_MS = DAY_MS
LEASE_MS = 10 * MINUTE_MS
PASSWORD_RESET = "password_reset"  # noqa: S105 - the kind of a mail
INVITATION = "invitation"
LINK_VALID_MS = {PASSWORD_RESET: RESET_LINK_VALID_MS, INVITATION: INVITATION_VALID_MS}
RESET_LINK = "[reset link]"  # stands for the link, which is a secret and made when the mail is sent


class Mail(Row):
    """A mail to one user.

    `due_at` is when it is sent next, None after it was sent or failed. `sent_at` is when a server accepted it.
    """

    id = peewee.TextField(primary_key=True)
    user = peewee.ForeignKeyField(User, column_name="account_id")
    kind = peewee.TextField()
    subject = peewee.TextField()
    body = peewee.TextField()
    attempts = peewee.IntegerField()
    due_at = peewee.BigIntegerField(null=True)
    created_at = peewee.BigIntegerField()
    sent_at = peewee.BigIntegerField(null=True)

    @classmethod
    def post_to_owners(cls, dealer: Dealer, kind: str, subject: str, body: str) -> None:
        """Write a mail to each owner of the dealer, in the transaction of its cause.

        Writes nothing on a hub that sends no mail.
        """
        if config.has_mail():
            for owner in User.of(dealer).where(User.role == "owner"):
                cls.post(owner, kind, subject, f"{body}\n\n{config.PUBLIC_URL}/channels/custom/settings\n")

    @classmethod
    def post(cls, user: User, kind: str, subject: str, body: str) -> Self:
        """Write a mail to a user, in the transaction of its cause."""
        at = now()
        return cls.create(
            id=new_id("ml"), user=user, kind=kind, subject=subject, body=body, attempts=0, due_at=at, created_at=at
        )

    @classmethod
    def claim_next(cls) -> Self | None:
        """Claim the mail that is due first under a lease; return None if none is due.

        Another worker may claim it after LEASE_MS, if this one ends before `record_sent` or `record_failure`.
        """
        while mail := cls.select().where(cls.due_at <= now()).order_by(cls.due_at, cls.id).first():
            due_at, attempts = now() + LEASE_MS, mail.attempts + 1
            is_unclaimed = (cls.id == mail.id) & (cls.due_at == mail.due_at)
            if cls.update(due_at=due_at, attempts=attempts).where(is_unclaimed).execute():
                mail.due_at, mail.attempts = due_at, attempts
                return mail  # type: ignore[no-any-return] # peewee's stubs do not type first()
        return None

    def render_text(self) -> str:
        """Return the text to send."""
        if self.kind not in LINK_VALID_MS:
            return self.body
        token = self.user.create_reset_token(LINK_VALID_MS[self.kind])
        return self.body.replace(RESET_LINK, f"{config.PUBLIC_URL}/reset/{token}")

    def record_sent(self) -> None:
        """Complete the mail after a server has accepted it."""
        self._complete(sent_at=now())

    def record_failure(self, *, is_final: bool) -> bool:
        """Schedule a retry, or fail the mail; return True if it failed.

        It fails after an error that a retry cannot change, and after a day.
        """
        delay = RETRY_DELAYS_MS[min(self.attempts, len(RETRY_DELAYS_MS)) - 1]
        if is_final or now() + delay > self.created_at + FAILED_AFTER_MS:
            self._complete(sent_at=None)
            return True
        self._update_claimed(due_at=now() + delay)
        return False

    def _complete(self, *, sent_at: int | None) -> None:
        self._update_claimed(due_at=None, sent_at=sent_at)

    def _update_claimed(self, **changes: int | None) -> None:
        """Write a result, unless another worker has claimed the mail since."""
        Mail.update(**changes).where(Mail.id == self.id, Mail.attempts == self.attempts).execute()
