"""People who sign in: owners and staff of a dealer."""

import hmac
from functools import lru_cache
from typing import Self

import peewee
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

import config
from errors import Invalid, Refusal
from models.base import Row, new_id
from models.clock import now
from models.database import db
from models.dealer import Dealer

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1000
RESET_MS = 24 * 3600 * 1000
ROLES = ("owner", "staff")

_hasher = PasswordHasher()


class User(Row):
    """A person with an e-mail address and a password (Argon2id); roles are owner and staff.

    `views_test` is the side of the dashboard that this person looked at last, None before the first choice.
    """

    id = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    email = peewee.TextField(unique=True)
    password_hash = peewee.TextField()
    role = peewee.TextField()
    created_at = peewee.BigIntegerField()
    views_test = peewee.BooleanField(null=True)

    class Meta:
        table_name = "account"

    @classmethod
    def register(cls, dealer: Dealer, *, email: str, password: str, role: str) -> Self:
        """Raises `validation_failed`, `email_taken`."""
        folded = email.strip().casefold()
        _refuse_unfit_email(folded)
        validate_password(password)
        password_hash = _hasher.hash(password)
        with db.atomic():
            if cls.select().where(cls.email == folded).exists():
                raise Refusal("email_taken", "Someone signs in with this e-mail address already.")
            return cls.create(
                id=new_id("usr"),
                dealer=dealer,
                email=folded,
                password_hash=password_hash,
                role=role,
                created_at=now(),
            )

    @classmethod
    def of(cls, dealer: Dealer) -> "peewee.ModelSelect[Self]":
        """Owners first, each role in the order of joining."""
        return cls.select().where(cls.dealer == dealer).order_by(cls.role, cls.created_at, cls.id)

    @classmethod
    def find_by_email(cls, email: str) -> Self | None:
        return cls.get_or_none(cls.email == email.strip().casefold())

    @classmethod
    def find_by_reset_token(cls, token: str) -> Self:
        """Raises `reset_link_invalid` when the link is spent, too old or not ours."""
        user_id, _, rest = token.partition(".")
        expires_at, _, signature = rest.partition(".")
        user = cls.get_or_none(cls.id == user_id)
        is_in_time = expires_at.isascii() and expires_at.isdecimal() and int(expires_at[:20]) > now()
        if user is None or not is_in_time or not user._signed(expires_at, signature):
            raise Refusal(
                "reset_link_invalid", "This link was used or is too old; ask your administrator for a new one."
            )
        return user

    @staticmethod
    def has_password(user: "User | None", password: str) -> bool:
        """Takes as long when there is no such user, so that the time does not tell."""
        try:
            return _hasher.verify(_nobodys_hash() if user is None else user.password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def change_password(self, password: str) -> None:
        """Raises `validation_failed`. Who changes a password closes the sessions that the old one opened."""
        validate_password(password)
        self.password_hash = _hasher.hash(password)
        self.save()

    def reset_token(self) -> str:
        """For a link that sets a new password, once, within a day: spent when the password changes."""
        expires_at = str(now() + RESET_MS)
        return f"{self.id}.{expires_at}.{self._signature(expires_at)}"

    def _signed(self, expires_at: str, signature: str) -> bool:
        return hmac.compare_digest(self._signature(expires_at).encode(), signature.encode())

    def _signature(self, expires_at: str) -> str:
        said = f"reset {self.id} {expires_at} {self.password_hash}".encode()
        return hmac.digest(config.secret_key().encode(), said, "sha256").hex()


def validate_password(password: str) -> None:
    """Raises `validation_failed`."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(f"A password has at least {SHORTEST_PASSWORD} characters.", param="password")


@lru_cache(1)
def _nobodys_hash() -> str:
    return _hasher.hash("nobody signs in with this")


def _refuse_unfit_email(email: str) -> None:
    local, at, host = email.partition("@")
    if not (local and at and "." in host) or len(email) > 254 or any(c.isspace() for c in email):
        raise Invalid("Give an e-mail address such as anna@example.com.", param="email")
