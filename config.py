"""Settings: environment variables `WTH_…` (or a `.env` file), read once, refused with a sentence.

Each setting is declared once, with its default and its meaning; docs/settings.md is generated from this list.
Read them as `config.NAME` at call time.
"""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values

ROOT = Path(__file__).parent

T = TypeVar("T")


@dataclass(frozen=True)
class Setting:
    """One row of docs/settings.md."""

    name: str
    default: str
    meaning: str


KNOWN: list[Setting] = []
_environment: dict[str, str | None] = {**dotenv_values(ROOT / ".env"), **os.environ}


def unknown_names() -> list[str]:
    """What is set with our prefix and read by nobody here."""
    return sorted({name for name in _environment if name.startswith("WTH_")} - {setting.name for setting in KNOWN})


def _setting(name: str, default: str, parse: Callable[[str], T], meaning: str, *, may_be_shown: bool = True) -> T:
    """`may_be_shown` is False where a value may hold a password: the refusal then does not repeat it."""
    KNOWN.append(Setting(name, default, meaning))
    given = _environment.get(name)
    text = given.strip() if given else default
    try:
        return parse(text)
    except ValueError as reason:
        said = f"{name}={text!r}" if may_be_shown else name
        raise SystemExit(f"{said} makes no sense: {reason}. {meaning}") from None


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"give a whole number from {low} to {high}")
        return int(text)

    return parse


def _switch(text: str) -> bool:
    if text.lower() not in {"0", "1", "true", "false", "yes", "no"}:
        raise ValueError("give 1 or 0")
    return text.lower() in {"1", "true", "yes"}


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"give one of {', '.join(choices)}")
        return text

    return parse


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes or not (parts.netloc or parts.path.strip("/")):
            raise ValueError(f"give a URL that starts with {' or '.join(f'{s}://' for s in schemes)}")
        if any(character.isspace() for character in text) or not _has_fit_port(parts):
            raise ValueError("give a URL without spaces, its port a number from 1 to 65535")
        return text.rstrip("/")

    return parse


def _has_fit_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:  # its own message would repeat a part of the URL, perhaps of a password
        return False


def _database(text: str) -> str:
    return _absolute_file(_url("sqlite", "postgresql")(text))


def _queue(text: str) -> str:
    url = _absolute_file(_url("sqlite", "redis", "rediss")(text))
    number = urlsplit(url).path.removeprefix("/")
    if not url.startswith("sqlite:") and number and not (number.isascii() and number.isdecimal()):
        raise ValueError("a Redis database is a number, as in redis://host:6379/0")
    return url


def _absolute_file(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and (parts.netloc or not parts.path.startswith("/")):
        raise ValueError("write an SQLite file with three slashes and its whole path, as in sqlite:///srv/hub/hub.db")
    return url


def _addresses(text: str) -> str:
    """Addresses and networks, or * for any."""
    for part in filter(None, (each.strip() for each in text.split(","))):
        try:
            ip_network("::" if part == "*" else part)
        except ValueError:
            raise ValueError(f"{part!r} is no address; give such as 127.0.0.1, 10.0.0.0/8") from None
    return text


def _origin(text: str) -> str:
    url = _url("http", "https")(text)
    if urlsplit(url).path or urlsplit(url).query or "@" in urlsplit(url).netloc:
        raise ValueError("give scheme, host and port only, such as https://hub.example.com")
    return url


def _secret(text: str) -> str:
    if text and len(text) < 32:
        raise ValueError("give at least 32 characters, for instance from `openssl rand -hex 32`")
    return text


def _folder(text: str) -> Path:
    path = ROOT / "var" if text == "var" else Path(text).expanduser()
    if path.exists() and not path.is_dir():
        raise ValueError("that is a file, give a folder")
    return path.absolute()


DATA_DIR = _setting(
    "WTH_DATA_DIR",
    "var",
    _folder,
    "Folder for all state: database, queue, secret key. The default lies in the checkout.",
)
DATABASE_URL = _setting(
    "WTH_DATABASE_URL",
    f"sqlite://{DATA_DIR}/hub.db",
    _database,
    "Where the rows are: sqlite:///absolute/path.db, or postgresql://user:password@host/name.",
    may_be_shown=False,
)
QUEUE_URL = _setting(
    "WTH_QUEUE_URL",
    f"sqlite://{DATA_DIR}/queue.db",
    _queue,
    "The doorbell between web and worker: sqlite:///absolute/path.db, or redis://host:6379/0.",
    may_be_shown=False,
)
HOST = _setting("WTH_HOST", "127.0.0.1", str, "Address that the web server listens on.")
PORT = _setting("WTH_PORT", "8080", _number(1, 65535), "Port that the web server listens on.")
PUBLIC_URL = _setting(
    "WTH_PUBLIC_URL",
    f"http://localhost:{PORT}",
    _origin,
    "How the world reaches this hub; it stands in the served OpenAPI document and in error links.",
)
SECRET_KEY = _setting(
    "WTH_SECRET_KEY",
    "",
    _secret,
    "Encrypts webhook secrets and signs cursors and sessions. Empty: made at first start in the data folder.",
    may_be_shown=False,
)
ALLOW_PRIVATE_WEBHOOKS = _setting(
    "WTH_ALLOW_PRIVATE_WEBHOOKS",
    "0",
    _switch,
    "1 lets webhook endpoints be plain HTTP and on private addresses. For development only.",
)
LOG_FORMAT = _setting("WTH_LOG_FORMAT", "text", _one_of("text", "json"), "How log lines are written: text or json.")
LOG_LEVEL = _setting(
    "WTH_LOG_LEVEL",
    "info",
    _one_of("debug", "info", "warning", "error"),
    "Least severe line that is logged: debug, info, warning or error.",
)
SQLITE_SYNCHRONOUS = _setting(
    "WTH_SQLITE_SYNCHRONOUS",
    "full",
    _one_of("full", "normal"),
    "full: a confirmed order survives a power cut. normal: faster, survives a crash of the program only.",
)
VALIDATE_RESPONSES = _setting(
    "WTH_VALIDATE_RESPONSES",
    "0",
    _switch,
    "1 checks every API answer against the document; one that does not fit becomes a 500.",
)
DATABASE_CONNECTIONS = _setting(
    "WTH_DATABASE_CONNECTIONS", "40", _number(2, 1000), "Most PostgreSQL connections that one process opens."
)
WEB_THREADS = _setting("WTH_WEB_THREADS", "16", _number(1, 256), "Threads of one web process that work on requests.")
WEB_WORKERS = _setting("WTH_WEB_WORKERS", "1", _number(1, 64), "Processes that `wth web` starts.")
WORKER_THREADS = _setting(
    "WTH_WORKER_THREADS", "32", _number(2, 256), "Threads of one worker process; each sends one delivery at a time."
)
AUTH_FAILURES_PER_MINUTE = _setting(
    "WTH_AUTH_FAILURES_PER_MINUTE",
    "10",
    _number(1, 1_000_000),
    "Failed authentications from one address within a minute that lock it out for a minute.",
)
PIN_PROCESSES = _setting(
    "WTH_PIN_PROCESSES",
    "1",
    _switch,
    "1 keeps each web and worker process on a processor of its own, which more than doubles their speed on a machine "
    "that is theirs. 0 leaves that to the system.",
)
LOG_DAYS = _setting(
    "WTH_LOG_DAYS", "90", _number(1, 3650), "Days that deliveries and their attempts are kept after they are finished."
)
TRUSTED_PROXIES = _setting(
    "WTH_TRUSTED_PROXIES",
    "",
    _addresses,
    "Addresses of reverse proxies whose X-Forwarded-For is believed, separated by commas.",
)


def listen_on(port: int) -> None:
    """Takes another port than the setting's, for this process and those that it starts."""
    global PORT, PUBLIC_URL
    if f"http://localhost:{PORT}" == PUBLIC_URL:
        PUBLIC_URL = os.environ["WTH_PUBLIC_URL"] = f"http://localhost:{port}"
    PORT = port
    os.environ["WTH_PORT"] = str(port)


def share_between(web_workers: int) -> None:
    """That many web processes count tokens and failures together."""
    global WEB_WORKERS
    WEB_WORKERS = web_workers
    os.environ["WTH_WEB_WORKERS"] = str(web_workers)


def allow_private_webhooks() -> None:
    """What the demo does: its receiver is on this machine."""
    global ALLOW_PRIVATE_WEBHOOKS
    ALLOW_PRIVATE_WEBHOOKS = True
    os.environ["WTH_ALLOW_PRIVATE_WEBHOOKS"] = "1"


def is_sqlite() -> bool:
    return DATABASE_URL.startswith("sqlite:")


def sqlite_path(url: str) -> Path:
    """The file of a `sqlite:///…` URL."""
    return Path(urlsplit(url).path)


def secret_key() -> str:
    """The setting, or the key kept in the data folder (made with mode 0600 when it is not there yet)."""
    return SECRET_KEY or _kept_key(DATA_DIR / "secret.key")


def make_folder(folder: Path) -> None:
    """With those above it; ends the program with a sentence where that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise SystemExit(f"The folder {folder} cannot be made ({fault.strerror}). Look at WTH_DATA_DIR.") from None


def _kept_key(path: Path) -> str:
    if not path.exists():
        _make_key(path)
    key = path.read_text().strip()
    if len(key) < 32:
        raise SystemExit(f"{path} holds no key; restore it, or delete it on a hub that has no webhook secrets yet.")
    return key


def _make_key(path: Path) -> None:
    make_folder(path.parent)
    draft = path.with_name(f"secret.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    with suppress(FileExistsError):  # of several processes at a first start one wins, whole
        os.link(draft, path)
    draft.unlink()
