"""Instruments: what the processes of a hub count and measure.

Names follow https://prometheus.io/docs/practices/naming/. Labels have few values: never a dealer, a path or an address.
"""

from prometheus_client import Counter, Gauge, Histogram

from monitoring import shared_values  # noqa: F401 - it sets the kind of values before an instrument is created

REQUEST_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
ATTEMPT_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0)

requests = Counter(
    "wth_http_requests",
    "Requests by operation of the API, or dashboard, or docs. The status is 499 if the client left before.",
    ["operation", "status"],
    registry=None,
)
request_duration = Histogram(
    "wth_http_request_duration_seconds",
    "Time until the response begins. Long polls of listEvents are included.",
    ["operation"],
    buckets=REQUEST_SECONDS,
    registry=None,
)
rate_limit_rejections = Counter(
    "wth_rate_limit_rejections",
    "Requests with the status 429, by error code; dashboard for its pages.",
    ["code"],
    registry=None,
)
unrecorded_requests = Counter(
    "wth_unrecorded_requests",
    "Requests that are missing in the API request log, because too many waited or the database was unavailable.",
    registry=None,
)
attempts = Counter(
    "wth_delivery_attempts",
    "Attempts by result: succeeded, http_status for a response without success, or the class of the error.",
    ["result"],
    registry=None,
)
attempt_duration = Histogram(
    "wth_delivery_attempt_duration_seconds",
    "Time of an attempt, from the lookup of the name to the end of the response.",
    buckets=ATTEMPT_SECONDS,
    registry=None,
)
deliveries = Counter(
    "wth_deliveries",
    "Deliveries that ended: succeeded, or failed after the last attempt.",
    ["result"],
    registry=None,
)
database_connections = Gauge(
    "wth_database_connections",
    "Connections of the PostgreSQL pools of all processes, by state; 0 on SQLite.",
    ["state"],
    multiprocess_mode="livesum",
    registry=None,
)
database_connections_max = Gauge(
    "wth_database_connections_max",
    "Connections that the PostgreSQL pools of all processes may open; 0 on SQLite.",
    multiprocess_mode="livesum",
    registry=None,
)

# Series of known labels begin at 0: a rate needs two values, and an alert its name.
for state in ("in_use", "idle"):
    database_connections.labels(state)
for outcome in ("succeeded", "failed"):
    deliveries.labels(outcome)
attempts.labels("succeeded")
rate_limit_rejections.labels("too_many_requests")
