"""Who is signed in: sessions by the hash of their token, and the throttle on failed sign-ins."""

import hashlib
import secrets
from typing import Any, Self, cast

import peewee

from errors import Invalid, Refusal
from models.accounts.user import User
from models.base import Row, new_id
from models.clock import now
from models.database import db

IDLE_MS = 7 * 24 * 3600 * 1000
LONGEST_MS = 30 * 24 * 3600 * 1000
SEEN_NOTED_EVERY_MS = 60_000
WINDOW_MS = 15 * 60 * 1000
MOST_FAILURES_HERE = 5  # one e-mail address from one network address
MOST_FAILURES_OF_EMAIL = 100
MOST_FAILURES_OF_ADDRESS = 100


class SignInAttempt(Row):
    """A sign-in that failed or still runs; written before the password is checked, removed when it was right."""

    id = peewee.TextField(primary_key=True)
    email_digest = peewee.TextField()
    address = peewee.TextField()
    at = peewee.BigIntegerField()

    @classmethod
    def begin(cls, email: str, address: str) -> Self:
        """Raises `too_many_attempts`."""
        email_digest, at = _digest(email.strip().casefold()), now()
        with db.atomic():
            cls.delete().where(cls.at < at - WINDOW_MS).execute()
            by_email, by_address = cls.email_digest == email_digest, cls.address == address
            cls._refuse_over(MOST_FAILURES_HERE, by_email & by_address)
            cls._refuse_over(MOST_FAILURES_OF_EMAIL, by_email)
            cls._refuse_over(MOST_FAILURES_OF_ADDRESS, by_address)
            return cls.create(id=new_id("try"), email_digest=email_digest, address=address, at=at)

    @classmethod
    def _refuse_over(cls, most: int, alike: Any) -> None:
        if cls.select().where(alike).count() >= most:
            raise Refusal("too_many_attempts", "Too many sign-ins have failed here; try again in a quarter of an hour.")


class Session(Row):
    """One browser of one person. The token lives in the browser's cookie only."""

    digest = peewee.TextField(primary_key=True)
    user = peewee.ForeignKeyField(User, column_name="account_id")
    notice = peewee.TextField(null=True)
    created_at = peewee.BigIntegerField()
    seen_at = peewee.BigIntegerField()

    @classmethod
    def sign_in(cls, *, email: str, password: str, address: str) -> str:
        """The token of a new session. Raises `too_many_attempts`, `sign_in_refused`."""
        attempt = SignInAttempt.begin(email, address)
        user = User.find_by_email(email)
        if not User.has_password(user, password) or user is None:
            raise Refusal("sign_in_refused", "This e-mail address and password do not belong together.")
        attempt.delete_instance()
        return cls.open(user)

    @classmethod
    def open(cls, user: User) -> str:
        """Sessions that ended by themselves go on this occasion."""
        token, at = secrets.token_urlsafe(32), now()
        cls.delete().where(cls.user == user, cls.seen_at < at - IDLE_MS).execute()
        cls.create(digest=_digest(token), user=user, created_at=at, seen_at=at)
        return token

    @classmethod
    def find_by_token(cls, token: str) -> Self | None:
        """None when the session was closed, idled for a week or is a month old."""
        query = cls.select(cls, User).join(User).where(cls.digest == _digest(token))
        session = cast("Self | None", query.first())
        at = now()
        if session is None or session.seen_at < at - IDLE_MS or session.created_at < at - LONGEST_MS:
            return None
        if at - session.seen_at >= SEEN_NOTED_EVERY_MS:
            session.seen_at = at
            session.save()
        return session

    @classmethod
    def count_of(cls, user: User) -> int:
        """How many browsers this person is signed in with."""
        return int(cls.select().where(cls.user == user, cls.seen_at >= now() - IDLE_MS).count())

    def confirm_password(self, password: str) -> None:
        """Raises `too_many_attempts`, `validation_failed`: a stolen session must not guess the password."""
        attempt = SignInAttempt.begin(self.user.email, f"session {self.digest}")
        if not User.has_password(self.user, password):
            raise Invalid("This is not your current password.", param="current")
        attempt.delete_instance()

    @classmethod
    def close_all(cls, user: User, *, but: Self | None = None) -> int:
        """Signs the person out everywhere; how many sessions that ended."""
        query = cls.delete().where(cls.user == user)
        if but is not None:
            query = query.where(cls.digest != but.digest)
        return int(query.execute())

    def close(self) -> None:
        self.delete_instance()

    def leave_notice(self, text: str) -> None:
        """A sentence for the next page that this person sees."""
        Session.update(notice=text).where(Session.digest == self.digest).execute()

    def take_notice(self) -> str | None:
        text = self.notice
        if text is not None:
            Session.update(notice=None).where(Session.digest == self.digest).execute()
        return text


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
