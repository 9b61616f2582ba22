"""Tables of the API request log."""

from typing import Any, Self, cast

import peewee

import config
from models.base import Row
from models.clock import DAY_MS
from models.database import db
from models.dealer import Actor, Dealer

KEPT_MS = 14 * DAY_MS
ID_BITS = 22  # of an ID that tell the batches of one millisecond apart
MAX_TIME = 2 ** (63 - ID_BITS) - 1  # that an ID can have


class RequestBatch(Row):
    """Requests of a dealer in one mode that ended within a second.

    One web process has served them. `id` begins with the time at which the batch was written, so it sorts by time. The
    requests began from `first_at` to `last_at`. Either all of them failed, or none (`is_error`). `size` is in bytes.
    `requests` is a JSON list of the values of `LoggedRequest`, and `contents` one of the same length with the values of
    `RequestContent`, null for those without.
    """

    id = peewee.BigIntegerField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    is_test = peewee.BooleanField()
    first_at = peewee.BigIntegerField()
    last_at = peewee.BigIntegerField()
    is_error = peewee.BooleanField()
    request_count = peewee.IntegerField()
    size = peewee.BigIntegerField()
    requests = peewee.TextField()
    contents = peewee.TextField(null=True)

    class Meta:
        table_name = "api_request_batch"

    @classmethod
    def of(cls, actor: Actor) -> "peewee.ModelSelect[Self]":
        """Query the batches of the actor's mode."""
        return cls.select().where(cls.dealer == actor.dealer, cls.is_test == actor.is_test)


class RequestLogUsage(Row):
    """Size of a dealer's log in one mode.

    `dropped_count` requests were not recorded, the last ones at `dropped_at`. Contents of requests that began until
    `erased_at` are erased.
    """

    dealer = peewee.ForeignKeyField(Dealer)
    is_test = peewee.BooleanField()
    byte_count = peewee.BigIntegerField()
    dropped_count = peewee.BigIntegerField()
    dropped_at = peewee.BigIntegerField(null=True)
    erased_at = peewee.BigIntegerField(null=True)

    class Meta:
        table_name = "api_request_usage"
        primary_key = peewee.CompositeKey("dealer", "is_test")

    @classmethod
    def of_dealer(cls, dealer: Dealer) -> "peewee.ModelSelect[Self]":
        """Query what the dealer has in both modes."""
        return cls.select().where(cls.dealer == dealer)

    @classmethod
    def of(cls, actor: Actor) -> Self | None:
        query = cls.select().where(cls.dealer == actor.dealer, cls.is_test == actor.is_test)
        return cast("Self | None", query.first())


def fetch_plain(query: Any) -> list[tuple[Any, ...]]:
    """Run a query of batches and return its rows as the driver has them.

    A search may read ten thousand rows, which peewee's conversion would triple in time.
    """
    rows: list[tuple[Any, ...]] = db.execute_sql(*query.sql()).fetchall()
    return rows


def is_installed() -> bool:
    """Return True if the operator has not switched the log off."""
    return config.REQUEST_LOG_MIB > 0


def first_id(at: int) -> int:
    """Return the lowest ID that a batch of this time (ms) can have."""
    return int(max(0, min(at, MAX_TIME))) << ID_BITS
