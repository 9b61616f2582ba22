"""Dealers, their plans, and the per-dealer lock that every write takes first."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Literal, Self

import peewee

import config
from errors import Refusal
from models.base import Row, fetch_dicts, new_id
from models.clock import DAY_MS, SECOND_MS, now
from models.database import db

Tier = Literal["starter", "business"]
Origin = Literal["api", "dashboard", "import", "system"]


@dataclass(frozen=True)
class Plan:
    """The limits and prices of a tier. Prices are in euro per month."""

    tier: Tier
    inventory_limit: int
    price_eur_month: int
    price_eur_month_billed_annually: int
    has_custom_integration: bool


PLANS = {
    "starter": Plan("starter", 50, 79, 63, has_custom_integration=False),
    "business": Plan("business", 250, 249, 199, has_custom_integration=True),
}

LOCK = """
UPDATE dealer SET written_at = CASE WHEN written_at >= {0} THEN written_at + 1 ELSE {0} END
WHERE id = {0} RETURNING written_at
""".replace("{0}", db.param)
INCREMENT = "UPDATE dealer SET {column} = {column} + {param} WHERE id = {param} RETURNING {column}"
COUNT_WRITTEN = """
UPDATE dealer SET written_bytes = CASE WHEN written_day = {0} THEN written_bytes ELSE 0 END + {0}, written_day = {0}
WHERE id = {0} RETURNING written_bytes
""".replace("{0}", db.param)
MIB = 2**20


class Dealer(Row):
    """A watch dealer.

    `written_at` is the time of the last write transaction. `written_bytes` counts what the dealer sent to be stored on
    `written_day`, in days since 1970 in UTC.
    """

    id = peewee.TextField(primary_key=True)
    name = peewee.TextField()
    country = peewee.TextField()
    tier = peewee.TextField()
    created_at = peewee.BigIntegerField()
    written_at = peewee.BigIntegerField()
    test_sequence = peewee.BigIntegerField()
    live_sequence = peewee.BigIntegerField()
    written_day = peewee.BigIntegerField(default=0)
    written_bytes = peewee.BigIntegerField(default=0)

    _writing_at: int | None = None
    _first_reserved: int | None = None
    _last_reserved: int | None = None

    @classmethod
    def open_account(cls, *, name: str, country: str, tier: str) -> Self:
        """Create a dealer.

        `country` is an ISO 3166-1 alpha-2 code, `tier` a key of PLANS.
        """
        at = now()
        return cls.create(
            id=new_id("dlr"),
            name=name,
            country=country,
            tier=tier,
            created_at=at,
            written_at=at,
            test_sequence=0,
            live_sequence=0,
        )

    @property
    def plan(self) -> Plan:
        return PLANS[self.tier]

    @contextmanager
    def locked(self) -> Iterator[int]:
        """Hold the dealer's lock for one transaction and yield its time in ms.

        The time is later than that of any earlier transaction of the dealer. So `updated_at` rises in commit order
        and event sequences have no gaps. A call inside a transaction joins it, and nested calls share the time. There
        is no savepoint: whoever catches an exception and continues the transaction needs `db.atomic` around the call.
        """
        if self._writing_at is not None:
            yield self._writing_at
            return
        with nullcontext() if db.in_transaction() else db.atomic():
            self._writing_at = self._lock()
            try:
                yield self._writing_at
            finally:
                self._writing_at = None

    @property
    def locked_at(self) -> int:
        """The time (ms) of the transaction that holds the lock.

        Raises RuntimeError outside `locked()`.
        """
        if self._writing_at is None:
            raise RuntimeError("This is only possible inside dealer.locked().")
        return self._writing_at

    def _lock(self) -> int:
        at = now()
        row = db.execute_sql(LOCK, (at, at, self.id)).fetchone()
        return int(row[0])

    @classmethod
    def sequences(cls, dealer_ids: Sequence[str]) -> dict[tuple[str, bool], int]:
        """Return the newest event's sequence for each dealer and mode (True for test)."""
        query = cls.select(cls.id, cls.test_sequence, cls.live_sequence).where(cls.id.in_(dealer_ids))
        newest: dict[tuple[str, bool], int] = {}
        for row in fetch_dicts(query):
            newest |= {(row["id"], True): row["test_sequence"], (row["id"], False): row["live_sequence"]}
        return newest

    def next_sequence(self, *, is_test: bool, count: int = 1) -> int:
        """Return the next sequence number of the dealer's events in one mode.

        With a `count`, reserve as many numbers and return the last one. Call inside `locked()`.
        """
        column = "test_sequence" if is_test else "live_sequence"
        row = db.execute_sql(INCREMENT.format(column=column, param=db.param), (count, self.id)).fetchone()
        last = self._last_reserved = int(row[0])
        if self._first_reserved is None:
            self._first_reserved = last - count + 1
        return last

    @property
    def reserved_sequences(self) -> tuple[int, int] | tuple[None, None]:
        """The first and the last sequence number that this object has reserved.

        Those of one transaction in one mode follow each other.
        """
        if self._first_reserved is None or self._last_reserved is None:
            return None, None
        return self._first_reserved, self._last_reserved

    def count_written(self, size: int) -> None:
        """Count bytes that the dealer stores, in the transaction that stores them.

        Raises `too_many_requests` over WTH_DAILY_WRITES_MIB. The transaction is then rolled back, and so is the count.
        """
        day, rest_ms = divmod(now(), DAY_MS)
        [written] = db.execute_sql(COUNT_WRITTEN, (day, size, day, self.id)).fetchone()
        if written > config.DAILY_WRITES_MIB * MIB:
            raise Refusal(
                "too_many_requests",
                f"You have stored almost {config.DAILY_WRITES_MIB} MiB today, and this would be more. Send less data, "
                "or continue after midnight UTC.",
                headers={"Retry-After": str((DAY_MS - rest_ms) // SECOND_MS + 1)},
            )


@dataclass(frozen=True)
class Actor:
    """A dealer acting in one mode through one interface.

    Every query and every write is scoped to an actor.
    """

    dealer: Dealer
    is_test: bool
    origin: Origin
    request_id: str | None = None
