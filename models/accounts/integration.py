"""A dealer's Custom Integration: its switches and its API keys."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Self

import peewee

from errors import Refusal
from models.base import ALPHABET, Row, new_id
from models.clock import now
from models.database import db, skip_if_busy
from models.dealer import Dealer

API_VERSION = "2026-05-07"
RATE_LIMIT = 600
KEY_LENGTH = 32
SHOWN_LENGTH = 12
USE_NOTED_EVERY_MS = 60_000

BY_HASH = f"""
SELECT k.id, k.is_test, k.prefix, k.last_used_at, i.is_enabled, i.is_test_mode, i.rate_limit, i.api_version,
       d.id, d.name, d.country, d.tier, d.created_at, d.written_at, d.test_sequence, d.live_sequence
FROM api_key k JOIN integration i ON i.dealer_id = k.dealer_id JOIN dealer d ON d.id = k.dealer_id
WHERE k.hash = {db.param}
"""


class Integration(Row):
    """The switches of one dealer's integration."""

    dealer = peewee.ForeignKeyField(Dealer, primary_key=True)
    is_enabled = peewee.BooleanField()
    is_test_mode = peewee.BooleanField()
    api_version = peewee.TextField()
    rate_limit = peewee.IntegerField()
    created_at = peewee.BigIntegerField()

    @classmethod
    def begin(cls, dealer: Dealer) -> Self:
        """Every integration starts enabled and in test mode."""
        return cls.create(
            dealer=dealer,
            is_enabled=True,
            is_test_mode=True,
            api_version=API_VERSION,
            rate_limit=RATE_LIMIT,
            created_at=now(),
        )

    @classmethod
    def of(cls, dealer: Dealer) -> Self:
        return cls.get(cls.dealer == dealer)

    @property
    def is_live(self) -> bool:
        """Whether live events leave the hub."""
        return not self.is_test_mode

    def switch(self, *, is_enabled: bool | None = None, is_test_mode: bool | None = None) -> None:
        with self.dealer.locked():
            if is_enabled is not None:
                self.is_enabled = is_enabled
            if is_test_mode is not None:
                self.is_test_mode = is_test_mode
            self.save()


class ApiKey(Row):
    """One of at most two keys: test and live. Only the hash and the first twelve characters are kept."""

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
        """A new key, in full and for the only time; the mode's old key is dead at once."""
        key = "wth_" + "".join(secrets.choice(ALPHABET) for _ in range(KEY_LENGTH))
        with dealer.locked() as at:
            cls.delete().where(cls.dealer == dealer, cls.is_test == is_test).execute()
            cls.create(
                id=new_id("key"),
                dealer=dealer,
                is_test=is_test,
                prefix=key[:SHOWN_LENGTH],
                hash=_hash(key),
                created_at=at,
            )
        return key


@dataclass(frozen=True)
class Caller:
    """Who a request's API key belongs to, read with one query."""

    dealer: Dealer
    is_test: bool
    key_prefix: str
    is_enabled: bool
    is_test_mode: bool
    rate_limit: int
    api_version: str

    @classmethod
    def authenticate(cls, key: str) -> Self:
        """Raises `invalid_api_key`."""
        row = db.execute_sql(BY_HASH, (_hash(key),)).fetchone()
        if row is None:
            raise Refusal("invalid_api_key", "This API key is not valid; it may have been regenerated.")
        _note_use(row[0], row[3])
        return cls(
            dealer=_dealer(row[8:]),
            is_test=bool(row[1]),
            key_prefix=row[2],
            is_enabled=bool(row[4]),
            is_test_mode=bool(row[5]),
            rate_limit=row[6],
            api_version=row[7],
        )

    def require_access(self) -> None:
        """Raises `plan_required` or `integration_disabled`."""
        if not self.dealer.plan.has_custom_integration:
            raise Refusal("plan_required", "The Custom Integration belongs to the Business plan; upgrade to use it.")
        if not self.is_enabled:
            raise Refusal(
                "integration_disabled",
                "This integration is switched off; switch it on in the dashboard's settings.",
            )

    def reject_live_writes_in_test_mode(self) -> None:
        """Raises `test_mode_active`."""
        if self.is_test_mode and not self.is_test:
            raise Refusal(
                "test_mode_active",
                "The integration is in test mode: a live key may only read. Use the test key or go live first.",
            )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _dealer(columns: Any) -> Dealer:
    names = ("id", "name", "country", "tier", "created_at", "written_at", "test_sequence", "live_sequence")
    return Dealer(**dict(zip(names, columns, strict=True)))


def _note_use(key_id: str, last_used_at: int | None) -> None:
    at = now()
    if last_used_at is None or at - last_used_at >= USE_NOTED_EVERY_MS:
        with skip_if_busy():
            ApiKey.update(last_used_at=at).where(
                ApiKey.id == key_id, (ApiKey.last_used_at == last_used_at) | (ApiKey.last_used_at.is_null())
            ).execute()
