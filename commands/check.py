"""`wth check`: whether everything that a hub needs is in order."""

import difflib
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

import click

import config
from commands.output import CommandOutput, HubCommand, example
from commands.tables import table
from errors import Refusal
from models import schema
from models.database import connection, ping_database
from tasks.queues import lanes

ALIKE = 0.88  # how like a setting a name has to be (difflib's ratio), for clients have variables of their own


@dataclass(frozen=True)
class CheckResult:
    """`detail` is what was found, or what is wrong and what helps."""

    name: str
    is_ok: bool
    detail: str


@click.command(cls=HubCommand, needs_database=False, epilog=example("wth check"))
def check() -> CommandOutput:
    """Look whether all that the hub needs is in order.

    Settings, data folder, secret key, database, migrations, queue.
    """
    findings = [_finding(name, look) for name, look in LOOKS.items()]
    is_ok = all(finding.is_ok for finding in findings)
    rows = [("ok" if finding.is_ok else "not ok", finding.name, finding.detail) for finding in findings]
    document = {
        "ok": is_ok,
        "checks": [{"name": each.name, "ok": each.is_ok, "detail": each.detail} for each in findings],
    }
    return CommandOutput(
        document, table(("", "CHECK", "FOUND"), rows, empty=""), None if is_ok else "The hub is not in order."
    )


def _finding(name: str, look: Callable[[], str]) -> CheckResult:
    try:
        return CheckResult(name, True, look())
    except Refusal as refusal:
        return CheckResult(name, False, f"{refusal.message} {refusal.__cause__ or ''}".strip())
    except Exception as fault:  # whatever a queue's storage raises is what the operator has to know
        return CheckResult(name, False, f"{type(fault).__name__}: {fault}")


def _look_at_settings() -> str:
    """Settings that make no sense have ended the program before this; misspelt names have not."""
    known = [setting.name for setting in config.KNOWN]
    misspelt = {name: difflib.get_close_matches(name, known, 1, ALIKE) for name in config.unknown_names()}
    doubts = "".join(f"; nothing reads {name}: is {meant[0]} meant?" for name, meant in misspelt.items() if meant)
    relaxed = "; private webhook addresses are allowed, for development only" if config.ALLOW_PRIVATE_WEBHOOKS else ""
    return f"{len(config.KNOWN)} settings are read, the public URL is {config.PUBLIC_URL}{relaxed}{doubts}"


def _look_at_folder() -> str:
    with tempfile.TemporaryFile(dir=config.DATA_DIR) as file:
        file.write(b"the folder can be written to")
    return str(config.DATA_DIR)


def _look_at_secret_key() -> str:
    path = config.DATA_DIR / "secret.key"
    if config.SECRET_KEY:
        return "from WTH_SECRET_KEY"
    if not path.exists():
        raise Refusal("no_secret_key", f"{path} is missing; restore it, or stored webhook secrets cannot be read.")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise Refusal("open_secret_key", f"Others can read {path} ({mode:04o}); run `chmod 600 {path}`.")
    return f"{path} ({mode:04o})"


def _look_at_database() -> str:
    with connection():
        ping_database()
    return "SQLite answers" if config.is_sqlite() else "PostgreSQL answers"


def _look_at_migrations() -> str:
    pending = schema.list_pending()
    if pending:
        raise Refusal("migrations_pending", f"Run `wth migrate`; these are to be done: {', '.join(pending)}.")
    return "the database is up to date"


def _look_at_queue() -> str:
    return f"{lanes.count_waiting()} tasks wait"


LOOKS: dict[str, Callable[[], str]] = {
    "settings": _look_at_settings,
    "data folder": _look_at_folder,
    "secret key": _look_at_secret_key,
    "database": _look_at_database,
    "migrations": _look_at_migrations,
    "queue": _look_at_queue,
}
