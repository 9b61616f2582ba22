"""The shop's own database: one transaction for a handler's effects and the position.

The mirror needs little SQL, so DB-API 2.0 (PEP 249) is enough. Other libraries implement `Database`.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Callable, Protocol

from watchtraderhub.mirror.errors import HandlerCommittedError

SAVEPOINT = "watchtraderhub_event"


class Database(Protocol):
    """Transactions of the shop's database. `placeholder` stands for a value in SQL: `?` or `%s`."""

    placeholder: str

    def transaction(self) -> AbstractContextManager[Any]:
        """Open a connection in a transaction. It commits at the end, and rolls back after an exception."""

    def savepoint(self, connection: Any) -> AbstractContextManager[None]:
        """Undo the block alone after an exception. Raises HandlerCommittedError if the transaction ended inside."""


class ConnectedDatabase(ABC):
    """A database whose connections come from `connect`, one per transaction, and are closed after it."""

    placeholder = "%s"

    def __init__(self, connect: Callable[[], Any]) -> None:
        self._connect = connect

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        connection = self._connect()
        try:
            self._begin(connection)
            yield connection
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
        finally:
            connection.close()

    @contextmanager
    def savepoint(self, connection: Any) -> Iterator[None]:
        run(connection, f"SAVEPOINT {SAVEPOINT}")
        try:
            yield
        except BaseException:
            self._end_savepoint(connection, f"ROLLBACK TO SAVEPOINT {SAVEPOINT}")
            raise
        self._end_savepoint(connection, f"RELEASE SAVEPOINT {SAVEPOINT}")

    def _end_savepoint(self, connection: Any, statement: str) -> None:
        try:
            run(connection, statement)
        except Exception as error:  # each driver has its own class for a savepoint that is gone
            raise HandlerCommittedError from error

    @abstractmethod
    def _begin(self, connection: Any) -> None:
        """Make the next statements one transaction. Raises ValueError if the connection commits each."""


class SqliteDatabase(ConnectedDatabase):
    """A SQLite file, or connections of the module sqlite3 from a function.

    `database` is a path, or a function that returns a new connection. `timeout` is the number of seconds to wait for
    another writer.
    """

    placeholder = "?"

    def __init__(self, database: str | Callable[[], sqlite3.Connection], timeout: float = 30.0) -> None:
        super().__init__(database if callable(database) else lambda: sqlite3.connect(database, timeout=timeout))

    def _begin(self, connection: sqlite3.Connection) -> None:
        if not connection.in_transaction:
            connection.execute("BEGIN IMMEDIATE")


class PostgresDatabase(ConnectedDatabase):
    """A PostgreSQL database; `connect` returns a connection of psycopg 3, psycopg2 or a pool.

    The mirror closes each connection after its transaction. `engine.raw_connection` of SQLAlchemy, and `getconn` of a
    psycopg pool with `close_returns=True`, take it back. Raises ValueError for a connection in autocommit mode.
    """

    def _begin(self, connection: Any) -> None:
        if getattr(connection, "autocommit", False) is True:
            raise ValueError("The connection commits each statement. Connect without autocommit.")


def run(connection: Any, statement: str, values: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
    """Execute a statement; return its first row, None without one."""
    cursor = connection.cursor()
    try:
        cursor.execute(statement, values)
        row: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
        return row
    finally:
        cursor.close()
