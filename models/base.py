"""What all rows share: the database, the clock, ids, and the transaction that locks a dealer."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Self, overload

import orjson
import peewee
from playhouse.pool import PooledPostgresqlDatabase

import config
from errors import Invalid, Refusal

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
IDLE_SECONDS_WORTH_A_PROBE = 5.0
PATIENCE_SECONDS = 10  # for other writers, and for a connection of the pool

clock: Callable[[], float] = time.time  # tests put their own here
_dice = random.SystemRandom()


def now() -> int:
    """Milliseconds since 1970 in UTC: the unit of every `_at` column."""
    return int(clock() * 1000)


@overload
def rfc3339(at: int) -> str: ...
@overload
def rfc3339(at: int | None) -> str | None: ...
def rfc3339(at: int | None) -> str | None:
    """`2026-05-08T08:41:33.114Z`, the only way in which times leave the hub."""
    if at is None:
        return None
    return f"{_to_the_second(at // 1000)}.{at % 1000:03d}Z"


def instant(text: str | None, *, param: str) -> int | None:
    """An RFC 3339 time as ms. Raises `validation_failed` for a time that no calendar has (a leap second, say)."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise Invalid("Give an RFC 3339 time such as 2026-05-08T08:41:33.114Z.", param=param) from None
    return (moment - EPOCH) // timedelta(milliseconds=1)


@lru_cache(4096)
def _to_the_second(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


def new_id(kind: str) -> str:
    """`inv_` and the like with 24 random base62 characters (142 bits)."""
    return f"{kind}_{''.join(_dice.choices(ALPHABET, k=24))}"


class Postgres(PooledPostgresqlDatabase):  # type: ignore[misc] # playhouse ships no types
    """A pool that asks a connection whether it lives only after it has idled (stock asks at each check-out)."""

    def _is_closed(self, conn: Any) -> bool:
        idle = time.monotonic() - getattr(conn, "idle_since", 0.0)
        if idle < IDLE_SECONDS_WORTH_A_PROBE:
            return bool(conn.closed)
        return bool(super()._is_closed(conn))

    def _can_reuse(self, conn: Any) -> bool:
        conn.idle_since = time.monotonic()
        return bool(super()._can_reuse(conn))


def _database() -> peewee.Database:
    if not config.is_sqlite():
        return Postgres(
            config.DATABASE_URL,
            prefer_psycopg3=True,
            max_connections=config.DATABASE_CONNECTIONS,
            timeout=PATIENCE_SECONDS,
            options=f"-c lock_timeout={PATIENCE_SECONDS}s",
            autoconnect=False,
        )
    path = config.sqlite_path(config.DATABASE_URL)
    config.make_folder(path.parent)
    sqlite = peewee.SqliteDatabase(
        str(path),
        timeout=PATIENCE_SECONDS,
        lock_type="IMMEDIATE",  # a deferred BEGIN fails under concurrent writers and no timeout helps
        returning_clause=True,
        pragmas={
            "journal_mode": "wal",
            "synchronous": config.SQLITE_SYNCHRONOUS,
            "foreign_keys": 1,
            "cache_size": -32_000,
            "temp_store": "memory",
        },
    )
    sqlite.register_function(lambda text: text and text.lower(), "lower", 1)  # SQLite's own folds ASCII only
    return sqlite


db = _database()


@contextmanager
def connection() -> Iterator[None]:
    """Holds a connection for the database work inside. SQLite keeps one per thread, PostgreSQL lends of its pool.

    Raises `service_unavailable` when the database is gone, locked or out of connections.
    """
    try:
        if config.is_sqlite() or not db.is_closed():
            yield
        else:
            with db.connection_context():
                yield
    except (peewee.OperationalError, peewee.InterfaceError, TimeoutError) as fault:
        raise Unavailable from fault


@contextmanager
def unless_busy() -> Iterator[None]:
    """For a write that may as well come later: on SQLite, given up at once while another writer is at work."""
    if not config.is_sqlite():
        yield
        return
    [usual] = db.execute_sql("PRAGMA busy_timeout").fetchone()
    db.execute_sql("PRAGMA busy_timeout = 0")
    try:
        with suppress(peewee.OperationalError):
            yield
    finally:
        db.execute_sql(f"PRAGMA busy_timeout = {usual}")


def ping_database() -> None:
    """Raises `service_unavailable` (by way of `connection`) when the database does not answer."""
    db.execute_sql("SELECT 1").fetchone()


class Unavailable(Refusal):
    """The database does not answer; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            "service_unavailable",
            "The database does not answer at the moment; repeat the request in a few seconds.",
            headers={"Retry-After": "2"},
        )


def rows_of(query: Any) -> list[dict[str, Any]]:
    """What is only read comes as dicts: cheaper than model instances."""
    return list(query.dicts())


class JsonText(peewee.TextField):
    """JSON kept as text: the same bytes on SQLite and PostgreSQL."""

    def db_value(self, value: Any) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def python_value(self, value: str | None) -> Any:
        return None if value is None else orjson.loads(value)


class Row(peewee.Model):
    """Base of all tables; writes only the columns that changed."""

    class Meta:
        database = db
        only_save_dirty = True
        legacy_table_names = False

    @classmethod
    def anyones(cls, row_id: str) -> Self:
        """Whosever row it is: for the hub's operator only. Raises `…_not_found`."""
        row = cls.get_or_none(cls._meta.primary_key == row_id)
        if row is None:
            noun = cls.__name__.lower()
            raise Refusal(f"{noun}_not_found", f"There is no {noun} with the id {row_id[:80]!r}.")
        return row

    def columns(self) -> dict[str, Any]:
        """All columns by field name, unset ones as None: what the shapes are made of."""
        return {name: self.__data__.get(name) for name in self._meta.fields}
