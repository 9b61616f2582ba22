"""Users of the dashboard: owners and staff of a dealer."""

from functools import lru_cache
from typing import Self

import peewee
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from errors import Invalid, Refusal
from models import vault
from models.base import Row, new_id
from models.clock import DAY_MS, now
from models.database import db
from models.dealer import Dealer
from spec.characters import fold_text

MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 1000
RESET_LINK_VALID_MS = DAY_MS
INVITATION_VALID_MS = 7 * DAY_MS
# In place of a hash, followed by random characters: the user has to choose a password.
NO_PASSWORD = "invited "  # noqa: S105 - no password
ROLES = ("owner", "staff")

_hasher = PasswordHasher()  # Argon2id with the library's defaults


class User(Row):
    """A person who signs in with email address and password.

    `role` is one of ROLES. `views_test` is true while the dashboard shows the sandbox, false for live data, None
    before the first choice.
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

    def view(self, *, is_test: bool) -> None:
        """Show the sandbox or live data on every page of the dashboard."""
        self.views_test = is_test
        self.save()

    @classmethod
    def register(cls, dealer: Dealer, *, email: str, password: str, role: str) -> Self:
        """Create a user. Raises `validation_failed`, `email_taken`."""
        _validate_email(email.strip())
        return cls.register_with_hash(dealer, email=email, password_hash=hash_password(password), role=role)

    @classmethod
    def register_with_hash(cls, dealer: Dealer, *, email: str, password_hash: str, role: str) -> Self:
        """Create a user inside a transaction, which must not wait for `hash_password`.

        Raises as `register`.
        """
        folded = fold_text(email.strip())
        _validate_email(folded)
        try:
            with db.atomic():  # a savepoint: the caller's transaction remains usable
                return cls.create(
                    id=new_id("usr"),
                    dealer=dealer,
                    email=folded,
                    password_hash=password_hash,
                    role=role,
                    created_at=now(),
                )
        except peewee.IntegrityError:
            raise Refusal(
                "email_taken", "This email address is already in use. Choose another one.", param="email"
            ) from None

    @classmethod
    def of(cls, dealer: Dealer) -> "peewee.ModelSelect[Self]":
        """Query the dealer's users: owners first, then by creation time."""
        return cls.select().where(cls.dealer == dealer).order_by(cls.role, cls.created_at, cls.id)

    @classmethod
    def find_by_email(cls, email: str) -> Self | None:
        """Return the user, or None; ignores case and Unicode normalization form.

        Earlier releases accepted two spellings of one address as two users: then the one that is spelled likewise.
        """
        spelling = email.strip().casefold()
        users = list(cls.select().where(cls.email.in_([fold_text(email.strip()), spelling])))
        return next((user for user in users if user.email == spelling), users[0] if users else None)

    @classmethod
    def find_by_reset_token(cls, token: str) -> Self:
        """Return the user of a reset token.

        Raises `reset_link_invalid` if it was used, has expired or is forged.
        """
        user_id, _, signed_part = token.partition(".")
        expires_at, _, signature = signed_part.partition(".")
        user = cls.get_or_none(cls.id == user_id)
        is_current = expires_at.isascii() and expires_at.isdecimal() and int(expires_at[:20]) > now()
        if user is None or not is_current or not user._is_valid_signature(signature, expires_at):
            raise Refusal(
                "reset_link_invalid",
                "This link has been used or has expired. Ask your administrator for a new one.",
            )
        return user

    @staticmethod
    def has_password(user: "User | None", password: str) -> bool:
        """Return True if the password is correct.

        Takes the same time without a user, so that the duration does not reveal which accounts exist.
        """
        stored = None if user is None or user.is_invited else user.password_hash
        try:
            return _hasher.verify(stored or _dummy_hash(), password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    def replace_password_hash(self, password_hash: str) -> None:
        """Set a new password by its hash.

        The caller closes the user's sessions in the same transaction. Raises `password_changed` if the password is no
        longer the one of this row.
        """
        is_unchanged = (User.id == self.id) & (User.password_hash == self.password_hash)
        if not User.update(password_hash=password_hash).where(is_unchanged).execute():
            raise Refusal("password_changed", "Your password has just been changed. Sign in with the new one.")
        self.password_hash = password_hash

    @property
    def is_invited(self) -> bool:
        """True until the user has chosen a password."""
        return self.password_hash.startswith(NO_PASSWORD)

    def create_reset_token(self, valid_ms: int = RESET_LINK_VALID_MS) -> str:
        """Return a signed token for a reset link.

        It is valid for `valid_ms`, or until the password changes.
        """
        expires_at = str(now() + valid_ms)
        signature = vault.sign("reset", self._reset_message(expires_at)).hex()
        return f"{self.id}.{expires_at}.{signature}"

    def _is_valid_signature(self, signature: str, expires_at: str) -> bool:
        return vault.is_signature(vault.from_hex(signature), "reset", self._reset_message(expires_at))

    def _reset_message(self, expires_at: str) -> bytes:
        return f"{self.id} {expires_at} {self.password_hash}".encode()


def validate_password(password: str) -> None:
    """Raise `validation_failed` for a password that is too short or too long."""
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise Invalid(
            f"Use a password of at least {MIN_PASSWORD_LENGTH} characters and at most {MAX_PASSWORD_LENGTH}.",
            param="password",
        )


def hash_password(password: str) -> str:
    """Return the Argon2id hash. Raises `validation_failed`."""
    validate_password(password)
    return _hasher.hash(password)


@lru_cache(1)
def _dummy_hash() -> str:
    return _hasher.hash("no user has this password")


def _validate_email(email: str) -> None:
    local, at, host = email.partition("@")
    if not (local and at and "." in host) or len(email) > 254 or any(c.isspace() for c in email):
        raise Invalid("Enter an email address such as anna@example.com.", param="email")
