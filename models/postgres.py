"""PostgreSQL connections that notice a server that has stopped responding.

A statement may take long, and a server that hangs looks the same to it. So a statement without a response probes the
server on a second connection, and fails if that gets no response either.
"""

import itertools
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

import psycopg
from peewee import Psycopg3Adapter
from playhouse.pool import PooledPostgresqlDatabase
from psycopg.conninfo import conninfo_to_dict

PROBE_AFTER_IDLE_SECONDS = 5.0
SUSPECT_AFTER_SECONDS = 1.0  # without a byte from the server
PROBE_SECONDS = 1.8
PROBE_INTERVAL_SECONDS = 0.5
MAX_STATEMENT_SECONDS = 60.0  # without a byte: for one process of the server that hangs alone
TIME_VALID_SECONDS = 10.0
NETWORK_DEFAULTS: dict[str, Any] = {
    "connect_timeout": 2,  # seconds per address, the least that libpq supports
    "tcp_user_timeout": 5000,  # ms until unacknowledged data ends a connection
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
INVALID_URL = (
    "Invalid WTH_DATABASE_URL: PostgreSQL cannot parse it. Use postgresql://user:password@host/name, percent-encode "
    "other characters, and name only parameters that PostgreSQL supports."
)
READ_TIME = "SELECT extract(epoch FROM clock_timestamp())::float8"
NO_RESPONSE = "the server does not respond"

RV = TypeVar("RV")
# Gets the server's time in seconds since 1970, and when the statement was sent and its response arrived, by `timer`.
OnTime = Callable[[float, float, float], None]


class ServerMonitor:
    """Circuit breaker of one server, open while the server hangs.

    A probe without a response opens it, and a probe with one closes it. `connect` opens a connection for a probe.
    `outages` counts: connections that are older than the last outage are not used again.
    """

    def __init__(self, connect: Callable[[], "psycopg.Connection[Any]"]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_wanted = threading.Event()
        self._probing_since: float | None = None
        self._responded_at = float("-inf")
        self.is_open = False
        self.outages = 0

    def start(self) -> None:
        """Start the thread that probes, once."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._probe, name="database probe", daemon=True)
                self._thread.start()

    def require_response(self) -> None:
        """Raise OperationalError while the server hangs."""
        if self.is_open:
            raise psycopg.OperationalError(NO_RESPONSE)

    def suspect(self) -> None:
        """Probe the server in the background.

        Raises OperationalError once a probe has no response.
        """
        at = time.monotonic()
        with self._lock:
            if self._probing_since is None and at - self._responded_at > SUSPECT_AFTER_SECONDS:
                self._start_probing(at)
            elif self._probing_since is not None and at - self._probing_since > PROBE_SECONDS:
                self._open()
        self.require_response()

    def report_timeout(self) -> None:
        """Open the breaker after a connection attempt without a response."""
        with self._lock:
            self._open()
            if self._probing_since is None:
                self._start_probing(time.monotonic())

    def _open(self) -> None:
        if not self.is_open:
            self.is_open = True
            self.outages += 1

    def _start_probing(self, at: float) -> None:
        self._probing_since = at
        self._is_wanted.set()

    def _probe(self) -> None:
        while self._is_wanted.wait():
            while not self._is_responding():
                time.sleep(PROBE_INTERVAL_SECONDS)
            with self._lock:
                self._is_wanted.clear()
                self._probing_since, self._responded_at, self.is_open = None, time.monotonic(), False

    def _is_responding(self) -> bool:
        """Probe once.

        Any response counts, even an error: a server that rejects connections does not hang.
        """
        try:
            self._connect().close()
        except psycopg.errors.ConnectionTimeout:
            return False
        except psycopg.Error:
            pass
        return True


class WatchedConnection(psycopg.Connection[Any]):
    """Connection whose statements fail while the server hangs."""

    monitor: ServerMonitor
    outages = 0
    idle_since = 0.0  # by time.monotonic
    max_statement_seconds = MAX_STATEMENT_SECONDS

    def wait(self, gen: "Generator[Any, Any, RV]", interval: float = 0.1, timeout: float | None = None) -> RV:
        return super().wait(self._watch(gen), interval, timeout)

    def _watch(self, gen: "Generator[Any, Any, RV]") -> "Generator[Any, Any, RV]":
        """Run one exchange with the server.

        psycopg resumes it after each `interval` in which nothing arrives.
        """
        responded_at = time.monotonic()
        try:
            state = next(gen)
            while True:
                ready = yield state
                if ready:
                    responded_at = time.monotonic()
                else:
                    self._require_response(time.monotonic() - responded_at)
                state = gen.send(ready)
        except StopIteration as end:
            value: RV = end.value
            return value

    def _require_response(self, waiting_seconds: float) -> None:
        try:
            self.monitor.require_response()
            if waiting_seconds > SUSPECT_AFTER_SECONDS:
                self.monitor.suspect()
            if waiting_seconds > self.max_statement_seconds:
                raise psycopg.OperationalError(f"no response to a statement for {waiting_seconds:.0f} s")
        except psycopg.OperationalError:
            self.close()
            raise


class WatchedAdapter(Psycopg3Adapter):
    """Opens watched connections."""

    def connect(self, db: "Postgres", **params: Any) -> WatchedConnection:
        db.monitor.start()
        db.monitor.require_response()
        try:
            connection = WatchedConnection.connect(db.database, autocommit=True, **params)
        except psycopg.errors.ConnectionTimeout:
            db.monitor.report_timeout()
            raise
        connection.monitor, connection.outages = db.monitor, db.monitor.outages
        return connection


class Postgres(PooledPostgresqlDatabase):  # type: ignore[misc] # playhouse ships no types
    """Connection pool that probes only connections that were idle for a while.

    The base class probes each connection at check-out. The probe reads the server's time and passes it to `on_time`.
    `version` differs after each change that this process commits.
    """

    psycopg3_adapter = WatchedAdapter

    def __init__(
        self, url: str, *, on_time: OnTime, timer: Callable[[], float], session: dict[str, str], **options: Any
    ) -> None:
        self.monitor = ServerMonitor(lambda: psycopg.connect(self.database, **network_parameters(self.database)))
        self._on_time = on_time
        self._timer = timer
        self._time_read_at = float("-inf")
        self._versions = itertools.count(1)
        self.version = 0
        parameters = {**network_parameters(url), "options": session_options(url, session)}
        super().__init__(url, prefer_psycopg3=True, autoconnect=False, **options, **parameters)

    def _connect(self) -> WatchedConnection:
        self.monitor.require_response()
        connection: WatchedConnection = super()._connect()
        return connection

    def commit(self) -> None:
        super().commit()
        self.version = next(self._versions)

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Execute a statement; outside a transaction, it commits."""
        cursor = super().execute_sql(sql, params)
        if not sql.lstrip().startswith("SELECT") and not self.in_transaction():
            self.version = next(self._versions)
        return cursor

    def _is_closed(self, conn: WatchedConnection) -> bool:
        if conn.closed or conn.outages != self.monitor.outages:
            conn.close()
            return True
        if time.monotonic() - conn.idle_since < PROBE_AFTER_IDLE_SECONDS and self._has_time():
            return False
        return not self._read_time(conn)

    def _can_reuse(self, conn: WatchedConnection) -> bool:
        conn.idle_since = time.monotonic()
        return bool(super()._can_reuse(conn))

    def _initialize_connection(self, conn: WatchedConnection) -> None:
        if not self._has_time():
            self._read_time(conn)

    def _has_time(self) -> bool:
        return self._timer() - self._time_read_at < TIME_VALID_SECONDS

    def _read_time(self, conn: WatchedConnection) -> bool:
        """Read the server's time; return False for a lost connection."""
        sent_at = self._timer()
        # Other threads wait for this one. If the whole server hangs, the monitor notices it earlier.
        conn.max_statement_seconds = SUSPECT_AFTER_SECONDS + PROBE_SECONDS + 0.3
        try:
            [server_time] = conn.execute(READ_TIME).fetchone() or [0.0]
        except psycopg.Error:
            conn.close()
            if self._timer() - sent_at > SUSPECT_AFTER_SECONDS:
                self.monitor.outages += 1  # probably the others are lost too: probe none of them
            return False
        conn.max_statement_seconds = MAX_STATEMENT_SECONDS
        self._time_read_at = self._timer()
        self._on_time(server_time, sent_at, self._time_read_at)
        return True


def open_pool(url: str, **options: Any) -> Postgres:
    """Prepare a pool without a connection. Raises SystemExit for an invalid URL."""
    try:
        return Postgres(url, **options)
    except psycopg.ProgrammingError:  # its message may repeat the password
        raise SystemExit(INVALID_URL) from None


def network_parameters(url: str) -> dict[str, Any]:
    """Return the parameters that bound connecting and waiting.

    Parameters in the URL have priority.
    """
    own = conninfo_to_dict(url)
    return {name: value for name, value in NETWORK_DEFAULTS.items() if name not in own}


def session_options(url: str, session: dict[str, str]) -> str:
    """Render settings of a session as libpq's `options`.

    Those in the URL follow, and so have priority.
    """
    defaults = [f"-c {name}={value}" for name, value in session.items()]
    return " ".join([*defaults, str(conninfo_to_dict(url).get("options") or "")]).strip()
