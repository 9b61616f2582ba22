"""PostgreSQL servers, and connections that notice when a server stops responding.

A statement may take long, and a server that hangs looks the same to it. So a statement without a response probes the
server on a second connection, and fails if that gets no response either.
"""

import threading
import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict

SUSPECT_AFTER_SECONDS = 1.0  # without a byte from the server
PROBE_SECONDS = 1.8
PROBE_INTERVAL_SECONDS = 0.5
MAX_STATEMENT_SECONDS = 60.0  # without a byte: for one process of the server that hangs alone
NETWORK_DEFAULTS: dict[str, Any] = {
    "connect_timeout": 2,  # seconds per address, the least that libpq supports
    "tcp_user_timeout": 5000,  # ms until unacknowledged data ends a connection
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
NO_RESPONSE = "the server does not respond"

RV = TypeVar("RV")


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
    has_timeouts = True
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
            if self.has_timeouts and waiting_seconds > self.max_statement_seconds:
                raise psycopg.OperationalError(f"no response to a statement for {waiting_seconds:.0f} s")
        except psycopg.OperationalError:
            self.close()
            raise


class Server:
    """One server of WTH_DATABASE_URL.

    `parameters` are those that select it among the servers of the URL.
    """

    def __init__(self, url: str, parameters: dict[str, str]) -> None:
        self._url = url
        self._parameters: dict[str, Any] = {**parameters, **default_parameters(url)}
        self.monitor = ServerMonitor(lambda: psycopg.connect(url, **self._parameters))

    def connect(self) -> WatchedConnection:
        """Open a connection, unless the server hangs. Raises OperationalError."""
        self.monitor.start()
        self.monitor.require_response()
        outages = self.monitor.outages
        try:
            connection = WatchedConnection.connect(
                self._url, autocommit=True, prepare_threshold=None, **self._parameters
            )
        except psycopg.errors.ConnectionTimeout:
            self.monitor.report_timeout()
            raise
        connection.monitor, connection.outages = self.monitor, outages
        return connection


def list_servers(url: str) -> list[Server]:
    """Return the servers of a URL, which may name several, separated by commas.

    Raises ProgrammingError for a URL that libpq rejects, with a message that may repeat the password.
    """
    own = conninfo_to_dict(url)
    lists = {name: str(own[name]).split(",") for name in ("host", "hostaddr", "port") if own.get(name)}
    count = max(map(len, lists.values()), default=1)
    if any(len(values) != count and (name, len(values)) != ("port", 1) for name, values in lists.items()):
        raise psycopg.ProgrammingError("The numbers of hosts and ports differ.")
    return [
        Server(url, {name: values[min(index, len(values) - 1)] for name, values in lists.items()})
        for index in range(count)
    ]


def default_parameters(url: str) -> dict[str, Any]:
    """Return the hub's parameters of a connection; those in the URL have priority.

    They bound connecting and waiting, and select the primary among several servers.
    """
    own = conninfo_to_dict(url)
    hosts = str(own.get("host") or own.get("hostaddr") or "")
    defaults = {**NETWORK_DEFAULTS, **({"target_session_attrs": "read-write"} if "," in hosts else {})}
    return {"client_encoding": "UTF8", **{name: value for name, value in defaults.items() if name not in own}}
