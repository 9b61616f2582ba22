"""Sessions of signed-in users, stored by the hash of their token."""

import secrets
from dataclasses import dataclass
from typing import Final, Self, cast

import peewee

from errors import Invalid, Refusal
from models.accounts.known_browser import find_browser
from models.accounts.sign_in_throttle import SignInAttempt
from models.accounts.user import User, hash_password
from models.base import Row
from models.clock import DAY_MS, MINUTE_MS, now
from models.database import db, skip_if_busy
from models.dealer import Dealer
from models.vault import digest

MAX_IDLE_MS = 7 * DAY_MS
MAX_AGE_MS = 30 * DAY_MS
SEEN_AT_PRECISION_MS = MINUTE_MS
PROBLEM: Final = "!"  # begins the stored message of a form that failed


@dataclass(frozen=True)
class FlashMessage:
    """The result of a form, which the next page shows."""

    text: str
    is_problem: bool


class Session(Row):
    """One browser in which a user is signed in.

    Only the browser's cookie holds the token; `digest` is its SHA-256.
    """

    digest = peewee.TextField(primary_key=True)
    user = peewee.ForeignKeyField(User, column_name="account_id")
    notice = peewee.TextField(null=True)
    created_at = peewee.BigIntegerField()
    seen_at = peewee.BigIntegerField()

    @classmethod
    def sign_in(cls, *, email: str, password: str, address: str, browser_token: str) -> tuple[User, str]:
        """Open a session for the right password; return the user and the session's token.

        `address` is the browser's network address, `browser_token` the token of a known browser, or "". Raises
        `too_many_attempts`, `sign_in_refused`.
        """
        user = User.find_by_email(email)
        browser = find_browser(user, browser_token)
        attempt = SignInAttempt.begin(email, address) if browser is None else SignInAttempt.begin_known(email, browser)
        if not User.has_password(user, password) or user is None:
            raise Refusal("sign_in_refused", "Incorrect email or password.")
        attempt.delete_instance()
        return user, cls.open(user)

    @classmethod
    def open(cls, user: User) -> str:
        """Open a session and return its token; delete the user's expired sessions."""
        token, at = secrets.token_urlsafe(32), now()
        cls.delete().where(cls.user == user, cls.seen_at < at - MAX_IDLE_MS).execute()
        cls.create(digest=digest(token), user=user, created_at=at, seen_at=at)
        return token

    @classmethod
    def find_by_token(cls, token: str) -> Self | None:
        """Return the session, or None if it was closed or has expired.

        Sessions expire after 7 idle days, and after 30 days in any case.
        """
        query = cls.select(cls, User, Dealer).join(User).join(Dealer).where(cls.digest == digest(token))
        session = cast("Self | None", query.first())
        at = now()
        if session is None or session.seen_at < at - MAX_IDLE_MS or session.created_at < at - MAX_AGE_MS:
            return None
        if at - session.seen_at >= SEEN_AT_PRECISION_MS:
            session.seen_at = at
            with skip_if_busy():  # a lookup never waits for other writers
                session.save()
        return session

    @classmethod
    def count_of(cls, user: User) -> int:
        """Return the number of browsers in which the user is signed in."""
        return int(cls.select().where(cls.user == user, cls.seen_at >= now() - MAX_IDLE_MS).count())

    def confirm_password(self, password: str) -> None:
        """Check the user's password again.

        Throttled, so that a stolen session does not help to guess it. Raises `too_many_attempts`, `validation_failed`.
        """
        attempt = SignInAttempt.begin_known(self.user.email, f"session {self.digest}")
        if not User.has_password(self.user, password):
            raise Invalid("This is not your current password.", param="current")
        attempt.delete_instance()

    @classmethod
    def change_password(cls, user: User, password: str) -> str:
        """Set a new password, close all sessions of the user, and open a new one.

        Returns its token. A stolen cookie is of no use afterwards. Raises `validation_failed`, `password_changed`.
        """
        password_hash = hash_password(password)
        with db.atomic():
            user.replace_password_hash(password_hash)
            cls.close_all(user)
            return cls.open(user)

    @classmethod
    def close_all(cls, user: User) -> int:
        """Close the user's sessions; return their number."""
        return int(cls.delete().where(cls.user == user).execute())

    def close(self) -> None:
        self.delete_instance()

    def leave_notice(self, text: str, *, is_problem: bool = False) -> None:
        """Store a flash message for the next page that the user opens."""
        notice = f"{PROBLEM}{text}" if is_problem else text
        Session.update(notice=notice).where(Session.digest == self.digest).execute()

    def take_notice(self) -> FlashMessage | None:
        """Return the stored flash message and delete it."""
        if self.notice is None:
            return None
        Session.update(notice=None).where(Session.digest == self.digest).execute()
        return FlashMessage(self.notice.removeprefix(PROBLEM), is_problem=self.notice.startswith(PROBLEM))
