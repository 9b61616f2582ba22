"""API keys: at most one test key and one live key per dealer, stored as a hash."""

import secrets
from typing import Self

import peewee

from errors import Refusal
from models.accounts.mail import Mail
from models.base import ALPHABET, Row, new_id
from models.clock import MINUTE_MS, format_rfc3339, now
from models.database import skip_if_busy
from models.dealer import Dealer
from models.vault import digest

RANDOM_LENGTH = 32
PREFIX_LENGTH = 12
LAST_USED_PRECISION_MS = MINUTE_MS
KEY_CHANGED = "This key has been regenerated already. Open the settings to regenerate it again."


class ApiKey(Row):
    """A key of one mode.

    `prefix` is its first PREFIX_LENGTH characters, `hash` the SHA-256 of all of them.
    """

    id = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    is_test = peewee.BooleanField()
    prefix = peewee.TextField()
    hash = peewee.TextField(unique=True)
    created_at = peewee.BigIntegerField()
    last_used_at = peewee.BigIntegerField(null=True)

    @classmethod
    def of(cls, dealer: Dealer) -> "peewee.ModelSelect[Self]":
        return cls.select().where(cls.dealer == dealer)

    @classmethod
    def find_prefix(cls, dealer: Dealer, *, is_test: bool) -> str:
        """Return the prefix of the mode's key, "" if there is none."""
        key = cls.of(dealer).where(cls.is_test == is_test).first()
        return key.prefix if key else ""

    @classmethod
    def generate(cls, dealer: Dealer, *, is_test: bool, replaces: str | None = None) -> str:
        """Replace the mode's key and return the new one, which is never shown again.

        `replaces` is the prefix of the key to replace, "" for none. Raises `key_changed` if the mode has another key
        by now: of two simultaneous calls, only the key of one is valid.
        """
        key = "wth_" + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
        with dealer.locked() as at:
            prefix = cls.find_prefix(dealer, is_test=is_test)
            if replaces not in (None, prefix):
                raise Refusal("key_changed", KEY_CHANGED)
            cls.delete().where(cls.dealer == dealer, cls.is_test == is_test).execute()
            cls.create(
                id=new_id("key"),
                dealer=dealer,
                is_test=is_test,
                prefix=key[:PREFIX_LENGTH],
                hash=digest(key),
                created_at=at,
            )
            if prefix:
                _report_regeneration(dealer, "test" if is_test else "live", at)
        return key

    @staticmethod
    def is_use_due(last_used_at: int | None) -> bool:
        """Return True if `last_used_at` is a minute old: most requests write nothing."""
        return last_used_at is None or now() - last_used_at >= LAST_USED_PRECISION_MS

    @classmethod
    def record_use(cls, key_id: str, last_used_at: int | None) -> None:
        """Set `last_used_at`, unless another request has done so since it was read."""
        is_unchanged = (cls.last_used_at == last_used_at) | cls.last_used_at.is_null()
        with skip_if_busy():
            cls.update(last_used_at=now()).where(cls.id == key_id, is_unchanged).execute()


def _report_regeneration(dealer: Dealer, mode: str, at: int) -> None:
    Mail.post_to_owners(
        dealer,
        "key_regenerated",
        f"Your {mode} API key was regenerated",
        f"The {mode} API key of {dealer.name} was regenerated at {format_rfc3339(at)}. The previous key no longer "
        "works. If nobody in your team did this, change your password and regenerate the key again.",
    )
