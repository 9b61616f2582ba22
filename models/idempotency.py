"""Idempotency records: responses to writes, committed with their changes.

They expire after 24 hours.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self, cast

import peewee

import config
from errors import Refusal
from models.base import Row
from models.clock import DAY_MS, now
from models.database import db
from models.dealer import Dealer
from models.statement import Statement, row_statement
from models.vault import digest

RETENTION_MS = DAY_MS
TRY_LOCK = f"SELECT pg_try_advisory_xact_lock({db.param})"


@dataclass(frozen=True)
class IdempotencyKey:
    """An Idempotency-Key with its scope: dealer, mode, method and path."""

    dealer: Dealer
    is_test: bool
    method: str
    path: str
    key: str

    @cached_property
    def digest(self) -> str:
        parts = [self.dealer.id, str(self.is_test), self.method, self.path, self.key]
        return digest("\n".join(parts))


class IdempotencyRecord(Row):
    """The first response to a key.

    `body` is the JSON text of the response, `body_hash` the hash of the request's body.
    """

    digest = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    body_hash = peewee.TextField()
    status = peewee.IntegerField()
    body = peewee.TextField()
    request_id = peewee.TextField()
    created_at = peewee.BigIntegerField()

    @classmethod
    def find(cls, key: IdempotencyKey, body_hash: str) -> Self | None:
        """Return the stored response, or None for the first request with the key.

        Call it in the request's transaction, which excludes other requests with the key: on SQLite it holds the only
        write lock, on PostgreSQL this takes an advisory lock. The database releases both if the process dies. Raises
        `key_reused_with_different_body`, `idempotency_key_in_use`.
        """
        if not config.is_sqlite() and not _lock(key):
            raise key_in_use()
        record = FIND_VALID.fetch_one(digest=key.digest, since=now() - RETENTION_MS)
        if record is not None and record.body_hash != body_hash:
            raise Refusal(
                "key_reused_with_different_body",
                "This Idempotency-Key was used with another body. Use a new key.",
                param="Idempotency-Key",
            )
        return cast("Self | None", record)

    @classmethod
    def store(cls, key: IdempotencyKey, body_hash: str, *, status: int, body: str, request_id: str) -> None:
        """Store the response to a key; overwrite an expired one."""
        STORE.execute(
            digest=key.digest,
            dealer=key.dealer.id,
            body_hash=body_hash,
            status=status,
            body=body,
            request_id=request_id,
            created_at=now(),
        )

    @classmethod
    def delete_expired(cls, at: int, limit: int = 500) -> int:
        """Delete at most `limit` records that have expired; return their number.

        `at` is the time in ms.
        """
        expired = cls.select(cls.digest).where(cls.created_at <= at - RETENTION_MS).limit(limit)
        return int(cls.delete().where(cls.digest.in_(expired)).execute())


FIND_VALID = row_statement(
    IdempotencyRecord,
    lambda digest, since: IdempotencyRecord.select().where(
        IdempotencyRecord.digest == digest, IdempotencyRecord.created_at > since
    ),
)


def _build_store(
    digest: Any, dealer: Any, body_hash: Any, status: Any, body: Any, request_id: Any, created_at: Any
) -> Any:
    contents = {"body_hash": body_hash, "status": status, "body": body, "request_id": request_id}
    fields = {"digest": digest, "dealer": dealer, **contents, "created_at": created_at}
    overwritten = [getattr(IdempotencyRecord, name) for name in (*contents, "created_at")]
    return IdempotencyRecord.insert(**fields).on_conflict(
        conflict_target=[IdempotencyRecord.digest], preserve=overwritten
    )


STORE: Statement[Any] = Statement(_build_store, tuple)


def key_in_use() -> Refusal:
    """Return the error for a key whose first request is still running."""
    return Refusal(
        "idempotency_key_in_use",
        "The first request with this Idempotency-Key is still running. Try again in a second.",
        param="Idempotency-Key",
        headers={"Retry-After": "1"},
    )


def _lock(key: IdempotencyKey) -> bool:
    number = int.from_bytes(bytes.fromhex(key.digest[:16]), signed=True)
    return bool(db.execute_sql(TRY_LOCK, (number,)).fetchone()[0])
