"""Settings from `WTH_…` environment variables or a `.env` file, as constants.

They are read once at import and never change. Each setting is declared once, with its default and its meaning;
docs/settings.md is generated from these declarations. Read a setting as `config.NAME`. An invalid value ends the
program with one sentence.
"""

import os
import sys
from pathlib import Path
from typing import NoReturn

from config.files import cannot_write, make_folder, open_lock_file, sqlite_path
from config.key_file import KeyFile
from config.readers import (
    ROOT,
    SETTINGS,
    Setting,
    database_url,
    folder,
    mail_sender,
    networks,
    one_of,
    optional_file,
    origin,
    queue_url,
    rate_limit_url,
    read_setting,
    secret,
    secret_list,
    smtp_url,
    switch,
    unknown_names,
    whole_number,
)
from config.traces import skip_unused_tracing

__all__ = [
    "ROOT",
    "SETTINGS",
    "Setting",
    "cannot_write",
    "make_folder",
    "open_lock_file",
    "sqlite_path",
    "unknown_names",
]

skip_unused_tracing()  # before a URL of Redis is read, which imports its driver

DATA_DIR = read_setting(
    "WTH_DATA_DIR",
    "var",
    folder,
    "Folder for all state: database, queue and secret key. The default is `var` in the checkout.",
)
DATABASE_URL = read_setting(
    "WTH_DATABASE_URL",
    f"sqlite://{DATA_DIR}/hub.db",
    database_url,
    "Database: sqlite:///absolute/path.db or postgresql://user:password@host/name. PostgreSQL may have several hosts, "
    "separated by commas: the hub uses the first one that accepts writes.",
    may_be_shown=False,
)
QUEUE_URL = read_setting(
    "WTH_QUEUE_URL",
    f"sqlite://{DATA_DIR}/queue.db",
    queue_url,
    "Queue that wakes the workers: sqlite:///absolute/path.db or redis://host:6379/0.",
    may_be_shown=False,
)
RATE_LIMIT_URL = read_setting(
    "WTH_RATE_LIMIT_URL",
    "",
    rate_limit_url,
    "Where rate limits are counted: redis://host:6379/1, sqlite:///absolute/path.db or memory:// (per process). "
    "Empty: the queue's Redis, else counters.db beside the queue's file, else memory for a single web process.",
    may_be_shown=False,
)
HOST = read_setting("WTH_HOST", "127.0.0.1", str, "Address the web server listens on.")
PORT = read_setting("WTH_PORT", "8080", whole_number(1, 65535), "Port the web server listens on.")
PUBLIC_URL = read_setting(
    "WTH_PUBLIC_URL",
    f"http://localhost:{PORT}",
    origin,
    "Public origin of this hub; used in the served OpenAPI document, in links and in cookies.",
)
SECRET_KEY = read_setting(
    "WTH_SECRET_KEY",
    "",
    secret,
    "Encrypts webhook secrets and signs cursors and sessions. Empty: generated at first start in the data folder.",
    may_be_shown=False,
)
SECRET_KEY_PREVIOUS = read_setting(
    "WTH_SECRET_KEY_PREVIOUS",
    "",
    secret_list,
    "Further keys that are accepted beside WTH_SECRET_KEY while you rotate it, separated by commas.",
    may_be_shown=False,
)
KEY_FILE = KeyFile(DATA_DIR / "secret.key")
ALLOW_PRIVATE_WEBHOOKS = read_setting(
    "WTH_ALLOW_PRIVATE_WEBHOOKS",
    "0",
    switch,
    "1 allows webhook endpoints on plain HTTP and private addresses. For development only.",
)
WEBHOOK_CA_FILE = read_setting(
    "WTH_WEBHOOK_CA_FILE",
    "",
    optional_file,
    "PEM file of certificate authorities that webhook endpoints may use in addition to the public ones. The worker "
    "reads it at start.",
)
LOG_FORMAT = read_setting(
    "WTH_LOG_FORMAT",
    "console",
    one_of("console", "json", "text"),
    "Log format on standard error: console for people, json for programs. `text` is an earlier name of console.",
)
LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_LEVEL = read_setting(
    "WTH_LOG_LEVEL",
    "info",
    one_of(*LOG_LEVELS),
    "Minimum log level: debug, info, warning or error.",
)
SQLITE_SYNCHRONOUS = read_setting(
    "WTH_SQLITE_SYNCHRONOUS",
    "full",
    one_of("full", "normal"),
    "SQLite durability. full: a confirmed order survives a power cut. normal: faster, survives a process crash only.",
)
VALIDATE_RESPONSES = read_setting(
    "WTH_VALIDATE_RESPONSES",
    "0",
    switch,
    "1 validates every API response against the OpenAPI document; an invalid response becomes a 500.",
)
METRICS_PORT = read_setting(
    "WTH_METRICS_PORT",
    "0",
    whole_number(0, 65535),
    "Port of /metrics for Prometheus, which all processes of a machine share. 0: no port. Without it and "
    "WTH_METRICS_TOKEN, nothing is measured.",
)
METRICS_HOST = read_setting("WTH_METRICS_HOST", "127.0.0.1", str, "Address on which WTH_METRICS_PORT listens.")
METRICS_TOKEN = read_setting(
    "WTH_METRICS_TOKEN",
    "",
    secret,
    "Token that requests for /metrics must send as `Authorization: Bearer …`. The web server's own port then serves "
    "/metrics too.",
    may_be_shown=False,
)
SMTP_URL = read_setting(
    "WTH_SMTP_URL",
    "",
    smtp_url,
    "Mail server: smtp://user:password@host:587, which must offer STARTTLS, or smtps://user:password@host:465. A "
    "server on this machine needs no TLS. Empty: the hub sends no mail.",
    may_be_shown=False,
)
MAIL_FROM = read_setting(
    "WTH_MAIL_FROM",
    "",
    mail_sender,
    "Sender of mails, such as hub@example.com. A name may be before the address. Empty: the hub sends no mail.",
)
DATABASE_CONNECTIONS = read_setting(
    "WTH_DATABASE_CONNECTIONS",
    "40",
    whole_number(12, 1000),
    "Maximum PostgreSQL connections per process. A web process keeps seven for other work than requests, eight with "
    "metrics, and a worker keeps one for its heartbeat.",
)
WEB_THREADS = read_setting("WTH_WEB_THREADS", "16", whole_number(1, 256), "Request threads per web process.")
WEB_WORKERS = read_setting("WTH_WEB_WORKERS", "1", whole_number(1, 64), "Web processes started by `wth web`.")
WEB_CONNECTIONS = read_setting(
    "WTH_WEB_CONNECTIONS",
    "1000",
    whole_number(10, 100_000),
    "Maximum open connections per web process. The hub lowers it if the process may open too few files.",
)
CONNECTIONS_PER_ADDRESS = read_setting(
    "WTH_CONNECTIONS_PER_ADDRESS",
    "200",
    whole_number(2, 100_000),
    "Maximum open connections per web process from one IPv4 address or IPv6 /64 network. Trusted proxies are exempt.",
)
WORKER_THREADS = read_setting(
    "WTH_WORKER_THREADS",
    "32",
    whole_number(2, 256),
    "Deliveries that a worker process works on at a time. Requests that wait for slow receivers use further threads.",
)
AUTH_FAILURES_PER_MINUTE = read_setting(
    "WTH_AUTH_FAILURES_PER_MINUTE",
    "10",
    whole_number(1, 1_000_000),
    "Requests with wrong API keys per minute after which an address is locked out for a minute. Valid keys still work.",
)
DAILY_WRITES_MIB = read_setting(
    "WTH_DAILY_WRITES_MIB",
    "512",
    whole_number(1, 1_000_000),
    "MiB that a dealer may store per day (UTC): bodies and responses of API writes, forms and files of the dashboard.",
)
PIN_PROCESSES = read_setting(
    "WTH_PIN_PROCESSES",
    "1",
    switch,
    "1 pins each process to its own CPU core, which more than doubles throughput on a dedicated machine. 0 leaves "
    "scheduling to the operating system.",
)
LOG_DAYS = read_setting(
    "WTH_LOG_DAYS", "90", whole_number(1, 3650), "Days to keep completed deliveries and their attempts."
)
REQUEST_LOG_MIB = read_setting(
    "WTH_REQUEST_LOG_MIB",
    "64",
    whole_number(0, 1_000_000),
    "MiB of API requests to keep for each dealer, in test mode and in live mode. Requests are kept for 14 days, or "
    "until newer ones fill this space. 0 switches the API request log off and deletes it.",
)
TRUSTED_PROXIES = read_setting(
    "WTH_TRUSTED_PROXIES",
    "",
    networks,
    "Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto headers are trusted: addresses or networks, separated "
    "by commas. The client is the nearest address that is not one of them.",
)


def restart_with(overrides: dict[str, str]) -> NoReturn:
    """Replace this process with the same command under changed settings.

    `overrides` maps environment variables to values. Command-line options that override settings use this, so that
    every module and child process reads the same values and none changes at runtime.
    """
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment_with(overrides))  # noqa: S606 - our own command line


def environment_with(overrides: dict[str, str]) -> dict[str, str]:
    """Return the environment of a child process."""
    return {**os.environ, **overrides}


def logs(level: str) -> bool:
    """Return True if lines of this level are written."""
    return LOG_LEVELS.index(level) >= LOG_LEVELS.index(LOG_LEVEL)


def has_metrics() -> bool:
    """Return True if processes measure: there is a port or a token."""
    return bool(METRICS_PORT or METRICS_TOKEN)


def has_mail() -> bool:
    """Return True if the hub sends mail: it has a server and a sender."""
    return bool(SMTP_URL and MAIL_FROM)


def export_metrics_folder(path: Path) -> None:
    """Give the folder that processes share to prometheus-client.

    The library reads it from the environment only.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(path)


def is_sqlite() -> bool:
    return DATABASE_URL.startswith("sqlite:")


def secret_key() -> str:
    """Return the key in use: the first of `secret_keys`."""
    return secret_keys()[0]


def secret_keys() -> tuple[str, ...]:
    """Return the key in use, then previous keys that are accepted.

    They are WTH_SECRET_KEY and WTH_SECRET_KEY_PREVIOUS, or those of the file in the data folder, which is created with
    mode 0600 at first start.
    """
    return (SECRET_KEY, *SECRET_KEY_PREVIOUS) if SECRET_KEY else KEY_FILE.read()
