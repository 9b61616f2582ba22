"""Throttle on failed sign-ins, per email address and network address."""

from typing import Any, Self

import peewee

from errors import Refusal
from models.base import Row, new_id
from models.clock import MINUTE_MS, now
from models.database import db
from models.vault import digest

WINDOW_MS = 15 * MINUTE_MS
MAX_FAILURES_PER_PAIR = 5
MAX_FAILURES_PER_EMAIL = 100
MAX_FAILURES_PER_ADDRESS = 100


class SignInAttempt(Row):
    """A sign-in that has failed or is in progress.

    A successful sign-in deletes its row. The row is written before the password is checked, so that parallel guesses
    count too.
    """

    id = peewee.TextField(primary_key=True)
    email_digest = peewee.TextField()
    address = peewee.TextField()
    at = peewee.BigIntegerField()

    @classmethod
    def begin(cls, email: str, address: str) -> Self:
        """Record an attempt from a network address. Raises `too_many_attempts`."""
        email_digest, at = digest(email.strip().casefold()), now()
        with db.atomic():
            cls.delete().where(cls.at < at - WINDOW_MS).execute()
            has_email, has_address = cls.email_digest == email_digest, cls.address == address
            cls._require_at_most(MAX_FAILURES_PER_PAIR, has_email & has_address)
            cls._require_at_most(MAX_FAILURES_PER_EMAIL, has_email)
            cls._require_at_most(MAX_FAILURES_PER_ADDRESS, has_address)
            return cls.create(id=new_id("try"), email_digest=email_digest, address=address, at=at)

    @classmethod
    def _require_at_most(cls, maximum: int, condition: Any) -> None:
        if cls.select().where(condition).count() >= maximum:
            raise Refusal("too_many_attempts", "Too many failed sign-ins. Try again in 15 minutes.")
