"""PostgreSQL connection pool that works through PgBouncer in transaction mode.

There, each transaction may run on another connection to the server. So nothing here depends on the state of a session:
no startup options, no prepared statements, no settings and no advisory locks that outlive a transaction.
"""

import itertools
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from peewee import (  # type: ignore[attr-defined] # the stubs omit the last one
    InternalError,
    OperationalError,
    Psycopg3Adapter,
    __exception_wrapper__,
)
from playhouse.pool import PooledPostgresqlDatabase
from psycopg.conninfo import conninfo_to_dict

from models import postgres_server
from models.postgres_server import WatchedConnection, list_servers

PROBE_AFTER_IDLE_SECONDS = 5.0
TIME_VALID_SECONDS = 10.0
INVALID_URL = (
    "Invalid WTH_DATABASE_URL: PostgreSQL cannot parse it. Use postgresql://user:password@host/name, percent-encode "
    "other characters, and name only parameters that PostgreSQL supports."
)
PREPARE_AFTER = 5  # executions of a statement, as psycopg's default
PROBE = "SELECT extract(epoch FROM clock_timestamp())::float8, pg_backend_pid()"
READ = re.compile(r"\s*(SELECT|SHOW)\b", re.IGNORECASE)
OPTION = re.compile(r"(?:-c\s*|--)([\w.-]+)=((?:\\.|\S)*)")  # a space in a value has a backslash before it
STAY_IDLE = "SET LOCAL idle_in_transaction_session_timeout = 0"
LOCK_POLL_SECONDS = 0.2
FIND_SCHEMA = """
SELECT n.nspname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = to_regclass(quote_ident(%s))
"""

# Gets the server's time in seconds since 1970, and when the statement was sent and its response arrived, by `timer`.
OnTime = Callable[[float, float, float], None]


class WatchedAdapter(Psycopg3Adapter):
    """Opens watched connections to the first server that accepts one."""

    def connect(self, db: "Postgres", **_: Any) -> WatchedConnection:
        errors: list[psycopg.OperationalError] = []
        for server in db.servers:
            try:
                return server.connect()
            except psycopg.OperationalError as error:
                errors.append(error)
        if len(errors) == 1:
            raise errors[0]
        raise psycopg.OperationalError("; ".join(map(str, errors)))


class Postgres(PooledPostgresqlDatabase):  # type: ignore[misc] # playhouse ships no types
    """Connection pool that probes only connections that were idle for a while.

    The base class probes each connection at check-out. The probe reads the server's time and passes it to `on_time`.
    `version` differs after each change that this process commits.
    Every write has a lock timeout: that of the URL's options, or `lock_timeout`, such as "10s".
    """

    psycopg3_adapter = WatchedAdapter

    def __init__(
        self, url: str, *, on_time: OnTime, timer: Callable[[], float], lock_timeout: str, **options: Any
    ) -> None:
        self.servers = list_servers(url)
        self._on_time = on_time
        self._timer = timer
        self._time_read_at = float("-inf")
        self._versions = itertools.count(1)
        self.version = 0
        self.own_options = read_options(url)
        lock_timeout = self.own_options.get("lock_timeout", lock_timeout).replace("'", "''")
        self.begin_statement = f"BEGIN; SET LOCAL lock_timeout = '{lock_timeout}'"
        super().__init__(url, prefer_psycopg3=True, autoconnect=False, **options)

    def begin(self, isolation_level: Any = None) -> None:
        """Begin a transaction and set its lock timeout, in one message."""
        connection: WatchedConnection = self.connection()
        with __exception_wrapper__:
            connection.execute(self.begin_statement if connection.has_timeouts else "BEGIN", prepare=False)

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Run a statement.

        A write outside a transaction gets one of its own, and so a lock timeout. Raises OperationalError, besides
        peewee's other errors, for a write on a server that has become a standby.
        """
        if self.in_transaction() or READ.match(sql) or not self.connection().has_timeouts:
            return self._execute_on_primary(sql, params)
        with self.atomic():
            return self._execute_on_primary(sql, params)

    def _execute_on_primary(self, sql: str, params: Any) -> Any:
        try:
            return super().execute_sql(sql, params)
        except InternalError as error:
            if not isinstance(getattr(error, "orig", None), psycopg.errors.ReadOnlySqlTransaction):
                raise
            self.connection().outages = -1  # not used again: the next connection may lead to the primary
            raise OperationalError(str(error)) from error

    @contextmanager
    def without_timeouts(self) -> Iterator[None]:
        """Let statements of this connection wait for locks, and take any time."""
        connection: WatchedConnection = self.connection()
        connection.has_timeouts = False
        try:
            yield
        finally:
            connection.has_timeouts = True

    @contextmanager
    def exclusive_lock(self, number: int) -> Iterator[None]:
        """Hold an advisory lock, however many transactions the block has.

        A transaction of a second connection holds it: PgBouncer may run the next statement of a session on another
        connection, where a lock of the session would stay behind.
        """
        with __exception_wrapper__, self._adapter.connect(self) as connection, connection.transaction():
            connection.has_timeouts = False
            while not _try_lock(connection, number):
                time.sleep(LOCK_POLL_SECONDS)
            yield

    def get_columns(self, table: str, schema: str | None = None) -> Any:
        """List the columns of the table that statements without a schema mean."""
        return super().get_columns(table, schema or self.find_schema(table))

    def find_schema(self, table: str) -> str | None:
        """Return the first schema of the search path that has a table, or None.

        peewee looks only into the schema where a new table would be created.
        """
        row = self.execute_sql(FIND_SCHEMA, (table,)).fetchone()
        return str(row[0]) if row else None

    def _connect(self) -> WatchedConnection:
        if all(server.monitor.is_open for server in self.servers):
            self.servers[0].monitor.require_response()  # before waiting for the lock of the pool
        connection: WatchedConnection = super()._connect()
        return connection

    def commit(self) -> None:
        super().commit()
        self.version = next(self._versions)

    def count_connections(self) -> tuple[int, int, int]:
        """Return the connections in use, the idle ones and how many may be open."""
        return len(self._in_use), len(self._connections), self._max_connections

    def _is_closed(self, conn: WatchedConnection) -> bool:
        if conn.closed or conn.outages != conn.monitor.outages:
            conn.close()
            return True
        if time.monotonic() - conn.idle_since < PROBE_AFTER_IDLE_SECONDS and self._has_time():
            return False
        return not self._probe(conn)

    def _can_reuse(self, conn: WatchedConnection) -> bool:
        conn.idle_since = time.monotonic()
        return bool(super()._can_reuse(conn))

    def _initialize_connection(self, conn: WatchedConnection) -> None:
        if not conn.idle_since:  # it is new
            self._probe(conn)

    def _has_time(self) -> bool:
        return self._timer() - self._time_read_at < TIME_VALID_SECONDS

    def _probe(self, conn: WatchedConnection) -> bool:
        """Read the server's time; return False for a lost connection."""
        sent_at = self._timer()
        # Other threads wait for this one. If the whole server hangs, the monitor notices it earlier.
        conn.max_statement_seconds = postgres_server.SUSPECT_AFTER_SECONDS + postgres_server.PROBE_SECONDS + 0.3
        try:
            server_time, pid = conn.execute(PROBE, prepare=False).fetchone() or (0.0, 0)
        except psycopg.Error:
            conn.close()
            if self._timer() - sent_at > postgres_server.SUSPECT_AFTER_SECONDS:
                conn.monitor.outages += 1  # probably the others are lost too: probe none of them
            return False
        conn.max_statement_seconds = postgres_server.MAX_STATEMENT_SECONDS
        if pid == conn.info.backend_pid:  # poolers have numbers of their own, and share sessions between clients
            conn.prepare_threshold = PREPARE_AFTER
        self._time_read_at = self._timer()
        self._on_time(server_time, sent_at, self._time_read_at)
        return True


def open_pool(url: str, **options: Any) -> Postgres:
    """Prepare a pool without a connection. Raises SystemExit for an invalid URL."""
    try:
        return Postgres(url, **options)
    except psycopg.ProgrammingError:  # its message may repeat the password
        raise SystemExit(INVALID_URL) from None


def read_options(url: str) -> dict[str, str]:
    """Return the settings in the options of a URL, such as -csearch_path=hub."""
    options = OPTION.findall(str(conninfo_to_dict(url).get("options") or ""))
    return {name.replace("-", "_"): re.sub(r"\\(.)", r"\1", value) for name, value in options}


def _try_lock(connection: WatchedConnection, number: int) -> bool:
    """Take the advisory lock of a transaction, or return False at once.

    The build of an index waits for all snapshots: for that of a statement that waits for the lock, it would wait
    forever. A SELECT keeps its snapshot until the next statement, and SET has none.
    """
    row = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (number,)).fetchone()
    connection.execute(STAY_IDLE)
    return row is not None and bool(row[0])
