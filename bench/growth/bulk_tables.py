"""Bulk writes: indexes and constraints of the large tables are dropped first, and built again afterwards."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import config
from models.database import db

LARGE = ("event", "delivery", "attempt")
NAMES = ", ".join(f"'{name}'" for name in LARGE)
SQLITE_INDEXES = (
    f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({NAMES})"
)
POSTGRES_INDEXES = f"""
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename IN ({NAMES}) AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
POSTGRES_KEYS = f"""
SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid), c.contype = 'f' FROM pg_constraint c
WHERE c.contype IN ('p', 'f') AND c.conrelid::regclass::text IN ({NAMES}) ORDER BY 4 DESC
"""


@contextmanager
def fast_writes() -> Iterator[None]:
    """Write large tables without indexes in the block, and analyze the database afterwards."""
    indexes = _fetch(SQLITE_INDEXES if config.is_sqlite() else POSTGRES_INDEXES)
    keys = [] if config.is_sqlite() else _fetch(POSTGRES_KEYS)
    _prepare()
    for name, _ in indexes:
        db.execute_sql(f"DROP INDEX {name}")
    for table, name, _, _ in keys:
        db.execute_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition, _ in reversed(keys):  # primary keys before the foreign keys that need them
        db.execute_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for _, definition in indexes:
        db.execute_sql(definition)
    _analyze()


def numbers(first: str, last: str) -> str:
    """A table `number (n)` of whole numbers."""
    if config.is_sqlite():
        rows = f"SELECT {first} UNION ALL SELECT n + 1 FROM number WHERE n < {last}"
    else:
        rows = f"SELECT generate_series({first}::bigint, {last}::bigint)"
    return f"WITH RECURSIVE number (n) AS ({rows})"


def random_id(prefix: str, text: str) -> str:
    """SQL of an ID of 24 characters, which sorts at random, as those of the hub."""
    return f"'{prefix}_' || substr(md5('{prefix}' || {text}), 1, 24)"


def run_plain(sql: str) -> None:
    """Run SQL without parameters: in other statements psycopg reads `%` as a placeholder."""
    connection: Any = db.connection()
    connection.execute(sql)


def _analyze() -> None:
    if config.is_sqlite():
        db.execute_sql("ANALYZE")
        return
    with import_module("psycopg").connect(
        config.DATABASE_URL, autocommit=True
    ) as server:  # VACUUM needs no transaction
        server.execute("VACUUM ANALYZE")


def _fetch(sql: str) -> list[Any]:
    rows: list[Any] = db.execute_sql(sql).fetchall()
    return rows


def _prepare() -> None:
    if config.is_sqlite():
        connection: Any = db.connection()
        connection.create_function("md5", 1, lambda text: hashlib.md5(str(text).encode()).hexdigest())  # noqa: S324 - only a spread
        for pragma in ("cache_size = -400000", "foreign_keys = 0", "synchronous = 0"):
            db.execute_sql(f"PRAGMA {pragma}")
    else:
        for setting in ("maintenance_work_mem = '512MB'", "synchronous_commit = off", "work_mem = '64MB'"):
            db.execute_sql(f"SET {setting}")
