"""Idempotency records: what a POST was answered, kept 24 hours, committed together with its change."""

import hashlib
from dataclasses import dataclass
from typing import Self

import peewee

import config
from errors import Refusal
from models.base import Row
from models.clock import now
from models.database import db
from models.dealer import Dealer

KEPT_MS = 24 * 3600 * 1000
TRY_LOCK = f"SELECT pg_try_advisory_xact_lock({db.param})"


@dataclass(frozen=True)
class IdempotencyKey:
    """What a key belongs to: integration, mode, method and path."""

    dealer: Dealer
    is_test: bool
    method: str
    path: str
    key: str

    @property
    def digest(self) -> str:
        said = "\n".join([self.dealer.id, str(self.is_test), self.method, self.path, self.key])
        return hashlib.sha256(said.encode()).hexdigest()


class IdempotencyRecord(Row):
    """The first answer to a key; `body` is the JSON text that was sent."""

    digest = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    body_hash = peewee.TextField()
    status = peewee.IntegerField()
    body = peewee.TextField()
    request_id = peewee.TextField()
    created_at = peewee.BigIntegerField()

    @classmethod
    def find(cls, scope: IdempotencyKey, body_hash: str) -> Self | None:
        """The stored answer. Raises `key_reused_with_different_body`, `idempotency_key_in_use`.

        Call inside the request's transaction, holding the dealer's lock on SQLite (its only writer) or the key's
        advisory lock on PostgreSQL: both vanish with their process.
        """
        if not config.is_sqlite() and not _lock(scope):
            raise in_use()
        record = cls.get_or_none(cls.digest == scope.digest, cls.created_at > now() - KEPT_MS)
        if record is not None and record.body_hash != body_hash:
            raise Refusal(
                "key_reused_with_different_body",
                "This Idempotency-Key was used with another body; take a new key for a new request.",
                param="Idempotency-Key",
            )
        return record

    @classmethod
    def store(cls, scope: IdempotencyKey, body_hash: str, *, status: int, body: str, request_id: str) -> None:
        """Replaces a record that has expired."""
        fields = {
            "digest": scope.digest,
            "dealer": scope.dealer,
            "body_hash": body_hash,
            "status": status,
            "body": body,
            "request_id": request_id,
            "created_at": now(),
        }
        kept = [name for name in fields if name not in ("digest", "dealer")]
        cls.insert(**fields).on_conflict(
            conflict_target=[cls.digest], preserve=[getattr(cls, name) for name in kept]
        ).execute()

    @classmethod
    def forget_expired(cls, limit: int = 500) -> int:
        old = cls.select(cls.digest).where(cls.created_at <= now() - KEPT_MS).limit(limit)
        return int(cls.delete().where(cls.digest.in_(old)).execute())


def in_use() -> Refusal:
    return Refusal(
        "idempotency_key_in_use",
        "A request with this Idempotency-Key is still running; repeat it in a second.",
        param="Idempotency-Key",
        headers={"Retry-After": "1"},
    )


def _lock(scope: IdempotencyKey) -> bool:
    number = int.from_bytes(bytes.fromhex(scope.digest[:16]), signed=True)
    return bool(db.execute_sql(TRY_LOCK, (number,)).fetchone()[0])
