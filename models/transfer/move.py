"""Moves a hub from SQLite to PostgreSQL: copies and compares every row."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from errors import Refusal
from models.transfer.sqlite_backup import exclusive, require_intact

BATCH = 2_000  # rows between reports, and in memory
HISTORY = "schema_migration"  # the target's own migrations have filled it
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
MIGRATIONS = f"SELECT name FROM {HISTORY}"
COLUMNS = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position
"""
KEYS = """
SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indrelid = to_regclass(%s) AND i.indisprimary ORDER BY array_position(i.indkey::int2[], a.attnum)
"""
REFERENCES = """
SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace AND conrelid <> confrelid
"""

Target = psycopg.Connection[tuple[Any, ...]]
Report = Callable[[str, int, int], None]  # gets the table, the rows copied so far and the rows in all


@dataclass(frozen=True)
class MovedTable:
    """A table of both databases.

    `keys` are the columns of its primary key. Rows are read in their order.
    """

    name: str
    columns: tuple[str, ...]
    booleans: frozenset[int]
    texts: frozenset[str]
    keys: tuple[str, ...]

    def of_sqlite(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """Convert a row of SQLite, which has no truth values."""
        return tuple(
            bool(value) if index in self.booleans and value is not None else value for index, value in enumerate(row)
        )


def require_empty_target(url: str) -> None:
    """Check that the target can receive the hub.

    Raises `target_unreachable`, `database_not_empty`.
    """
    try:
        with psycopg.connect(url, autocommit=True) as target:
            [has_dealers] = target.execute("SELECT to_regclass('dealer') IS NOT NULL").fetchone() or (False,)
            if has_dealers and target.execute("SELECT 1 FROM dealer LIMIT 1").fetchone():
                raise Refusal("database_not_empty", "The target has dealers already. Create an empty database.")
    except (psycopg.OperationalError, psycopg.ProgrammingError) as error:
        reason = str(error).splitlines()[0]
        raise Refusal("target_unreachable", f"Cannot use the target: {reason}. Check the URL.") from None


def move(path: Path, url: str, report: Report) -> dict[str, int]:
    """Copy all rows into a migrated database; return their number by table.

    Nobody can use the SQLite file meanwhile, and it stays as it is. The copy is one transaction: it is there
    completely, or not at all. Raises `hub_running`, `database_damaged`, `migrations_pending`, `row_differs`.
    """
    require_intact(path)
    with exclusive(path) as source, psycopg.connect(url) as target:
        _require_same_migrations(source, target)
        tables = [_describe(target, name) for name in _tables_by_reference(source, target)]
        counts = {table.name: _count(source, table) for table in tables}
        for table in tables:
            _set_triggers(target, table, "DISABLE")
        for table in reversed(tables):  # what the migrations have written there
            target.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
        for table in tables:
            _copy(source, target, table, counts[table.name], report)
        for table in tables:
            _compare(source, target, table)
            _set_triggers(target, table, "ENABLE")
    return counts


def _require_same_migrations(source: sqlite3.Connection, target: Target) -> None:
    if {name for (name,) in source.execute(MIGRATIONS)} != {name for (name,) in target.execute(MIGRATIONS)}:
        message = "The SQLite database has other migrations than this version. Run `wth migrate` for it first."
        raise Refusal("migrations_pending", message)


def _tables_by_reference(source: sqlite3.Connection, target: Target) -> list[str]:
    """List the tables, each behind those that it refers to."""
    waiting = {name for (name,) in source.execute(TABLES)} - {HISTORY}
    references = set(target.execute(REFERENCES).fetchall())
    ordered: list[str] = []
    while waiting:
        free = sorted(name for name in waiting if not any(of == name and to in waiting for of, to in references))
        ordered += free
        waiting -= set(free)
    return ordered


def _describe(target: Target, name: str) -> MovedTable:
    columns = target.execute(COLUMNS, (name,)).fetchall()
    names = tuple(column for column, _ in columns)
    return MovedTable(
        name,
        names,
        booleans=frozenset(index for index, (_, kind) in enumerate(columns) if kind == "boolean"),
        texts=frozenset(column for column, kind in columns if kind == "text"),
        keys=tuple(key for (key,) in target.execute(KEYS, (name,)).fetchall()),
    )


def _count(source: sqlite3.Connection, table: MovedTable) -> int:
    count: int = source.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0]
    return count


def _set_triggers(target: Target, table: MovedTable, action: LiteralString) -> None:
    """Disable the triggers that count rows: the counts are copied too."""
    statement = sql.SQL("ALTER TABLE {} {} TRIGGER USER")
    target.execute(statement.format(sql.Identifier(table.name), sql.SQL(action)))


def _copy(source: sqlite3.Connection, target: Target, table: MovedTable, count: int, report: Report) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    report(table.name, 0, count)
    with target.cursor().copy(statement) as copy:
        for number, row in enumerate(_rows_of_sqlite(source, table), 1):
            copy.write_row(row)
            if number % BATCH == 0 or number == count:
                report(table.name, number, count)


def _compare(source: sqlite3.Connection, target: Target, table: MovedTable) -> None:
    """Raise `row_differs` unless both databases have the same rows."""
    originals, copies = _rows_of_sqlite(source, table), _rows_of_postgres(target, table)
    for original in originals:
        if original != next(copies, None):
            keys = dict(zip(table.columns, original, strict=True))
            key = ", ".join(str(keys[name]) for name in table.keys)
            raise Refusal("row_differs", f"The copy of {table.name} {key} differs. Nothing was moved.")
    if next(copies, None) is not None:
        raise Refusal("row_differs", f"The copy of {table.name} has more rows. Nothing was moved.")


def _rows_of_sqlite(source: sqlite3.Connection, table: MovedTable) -> Iterator[tuple[Any, ...]]:
    columns, keys = (", ".join(f'"{name}"' for name in names) for names in (table.columns, table.keys))
    rows = source.execute(f'SELECT {columns} FROM "{table.name}" ORDER BY {keys}')
    return map(table.of_sqlite, rows)


def _rows_of_postgres(target: Target, table: MovedTable) -> Iterator[tuple[Any, ...]]:
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    keys = sql.SQL(", ").join(
        sql.SQL('{} COLLATE "C"' if key in table.texts else "{}").format(sql.Identifier(key)) for key in table.keys
    )
    statement = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(columns, sql.Identifier(table.name), keys)
    with target.cursor(name="moved") as cursor:
        cursor.itersize = BATCH
        yield from cursor.execute(statement)
