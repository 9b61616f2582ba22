"""Throttle on failed sign-ins, per email address and network address."""

from typing import Any, Self

import peewee

import config
from errors import Refusal
from models.base import Row, new_id
from models.clock import MINUTE_MS, now
from models.database import db
from models.network_address import counted_address
from models.vault import digest
from spec.characters import fold_text

WINDOW_MS = 15 * MINUTE_MS
MAX_FAILURES_PER_PAIR = 5
MAX_FAILURES_PER_EMAIL = 100
MAX_FAILURES_PER_ADDRESS = 100
MAX_RESETS_PER_EMAIL = 3
MAX_RESETS_PER_ADDRESS = 20


class SignInAttempt(Row):
    """A sign-in that has failed or is in progress.

    A successful sign-in deletes its row. The row is written before the password is checked, so that parallel guesses
    count too. `address` is a network address as it is counted, or the name of a known browser or session.
    """

    id = peewee.TextField(primary_key=True)
    email_digest = peewee.TextField()
    address = peewee.TextField()
    at = peewee.BigIntegerField()

    @classmethod
    def begin(cls, email: str, address: str) -> Self:
        """Record an attempt from a network address. Raises `too_many_attempts`."""
        address = counted_address(address)
        has_email, has_address = cls.email_digest == _email_digest(email), cls.address == address
        return cls._record(
            email,
            address,
            (MAX_FAILURES_PER_PAIR, has_email & has_address),
            (MAX_FAILURES_PER_EMAIL, has_email),
            (MAX_FAILURES_PER_ADDRESS, has_address),
        )

    @classmethod
    def begin_known(cls, email: str, source: str) -> Self:
        """Record an attempt from a known browser or session of the user.

        Failures of others do not affect it. Raises `too_many_attempts`.
        """
        is_source = (cls.email_digest == _email_digest(email)) & (cls.address == source)
        return cls._record(email, source, (MAX_FAILURES_PER_PAIR, is_source))

    @classmethod
    def begin_reset(cls, email: str, address: str) -> Self:
        """Record a request for a reset link, which does not count as a sign-in.

        Raises `too_many_attempts`.
        """
        email, address = f"reset {email.strip()}", f"reset {counted_address(address)}"
        return cls._record(
            email,
            address,
            (MAX_RESETS_PER_EMAIL, cls.email_digest == _email_digest(email)),
            (MAX_RESETS_PER_ADDRESS, cls.address == address),
        )

    @classmethod
    def delete_expired(cls) -> int:
        """Delete attempts that no longer count; return their number."""
        return int(cls.delete().where(~cls._counts(now())).execute())

    @classmethod
    def _record(cls, email: str, address: str, *limits: tuple[int, Any]) -> Self:
        email_digest, at = _email_digest(email), now()
        with db.atomic():
            _lock(email_digest, address)
            for maximum, condition in limits:
                if cls.select().where(condition, cls._counts(at)).count() >= maximum:
                    raise Refusal(
                        "too_many_attempts",
                        "Too many failed sign-ins. Try again in 15 minutes, or use a browser in which you have signed "
                        "in before.",
                    )
            return cls.create(id=new_id("try"), email_digest=email_digest, address=address, at=at)

    @classmethod
    def _counts(cls, at: int) -> Any:
        """The condition for attempts near a time.

        Attempts of a clock that ran ahead do not count for longer than they should.
        """
        return cls.at.between(at - WINDOW_MS, at + WINDOW_MS)


def _lock(*names: str) -> None:
    """Make parallel attempts with the same name wait for each other.

    So their counts are exact. SQLite has one writing transaction at a time anyway. The order prevents deadlocks.
    """
    if config.is_sqlite():
        return
    for key in sorted(int(digest(name)[:15], 16) for name in names):
        db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (key,))


def _email_digest(email: str) -> str:
    return digest(fold_text(email.strip()))
