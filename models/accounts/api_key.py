"""API keys: at most one test key and one live key per dealer, stored as a hash."""

import secrets
from typing import Self

import peewee

from models.base import ALPHABET, Row, new_id
from models.clock import MINUTE_MS, now
from models.database import skip_if_busy
from models.dealer import Dealer
from models.vault import digest

RANDOM_LENGTH = 32
PREFIX_LENGTH = 12
LAST_USED_PRECISION_MS = MINUTE_MS


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
    def generate(cls, dealer: Dealer, *, is_test: bool) -> str:
        """Replace the mode's key and return the new one, which is never shown again."""
        key = "wth_" + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
        with dealer.locked() as at:
            cls.delete().where(cls.dealer == dealer, cls.is_test == is_test).execute()
            cls.create(
                id=new_id("key"),
                dealer=dealer,
                is_test=is_test,
                prefix=key[:PREFIX_LENGTH],
                hash=digest(key),
                created_at=at,
            )
        return key

    @classmethod
    def record_use(cls, key_id: str, last_used_at: int | None) -> None:
        """Set `last_used_at`, precise to a minute, so that most requests write nothing."""
        at = now()
        if last_used_at is not None and at - last_used_at < LAST_USED_PRECISION_MS:
            return
        is_unchanged = (cls.last_used_at == last_used_at) | cls.last_used_at.is_null()
        with skip_if_busy():
            cls.update(last_used_at=at).where(cls.id == key_id, is_unchanged).execute()
