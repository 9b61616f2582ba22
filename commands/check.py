"""`wth check`: verifies everything that a hub needs."""

import difflib
import shutil
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

import config
from commands.output import CommandOutput, HubCommand, example
from commands.tables import render_table
from errors import Refusal
from models import schema
from models.checkpoint import checkpoint, describe_large_log
from models.database import DatabaseUnavailable, connection, ping_database
from models.secret_key import require_right_key
from models.supported_database import require_primary, require_supported_database
from tasks import smtp
from tasks.queues import huey_queues
from webhooks.authorities import count_authorities

# difflib's ratio from which an unknown name counts as a misspelled setting; clients have WTH_ variables of their own
MIN_SIMILARITY = 0.87  # WTH_PROT is 0.875 like WTH_PORT, the client variable WTH_BASE_URL 0.857 like WTH_DATABASE_URL


@dataclass(frozen=True)
class CheckResult:
    """One row of the report.

    `detail` is what the check found, or what is wrong and how to fix it.
    """

    name: str
    is_ok: bool
    detail: str


@click.command(cls=HubCommand, epilog=example("wth check"))
def check() -> CommandOutput:
    """Check that the hub can run.

    Verifies the settings, the data folder, the secret key, the database, the migrations, the queue, the
    mail server and the certificate authorities for webhooks. Exits with status 1 if a check fails.
    """
    results = [_run_check(name, run) for name, run in CHECKS.items()]
    is_ok = all(result.is_ok for result in results)
    document = {
        "ok": is_ok,
        "checks": [{"name": result.name, "ok": result.is_ok, "detail": result.detail} for result in results],
    }
    rows = [("ok" if result.is_ok else "failed", result.name, result.detail) for result in results]
    text = render_table(("RESULT", "CHECK", "DETAIL"), rows, empty="")
    failed = sum(not result.is_ok for result in results)
    return CommandOutput(document, text, f"{failed} of {len(results)} checks failed." if failed else None)


def _run_check(name: str, run: Callable[[], str]) -> CheckResult:
    try:
        return CheckResult(name, True, run())
    except DatabaseUnavailable as error:
        return CheckResult(name, False, error.reason)
    except Refusal as refusal:
        return CheckResult(name, False, f"{refusal.message} {refusal.__cause__ or ''}".strip())
    except Exception as error:  # storage libraries share no base class, and the operator needs their message
        return CheckResult(name, False, f"{type(error).__name__}: {error}")


def _check_settings() -> str:
    """Invalid values have ended the program before this; misspelled names have not."""
    relaxed = ["private webhook addresses are allowed, for development only"] if config.ALLOW_PRIVATE_WEBHOOKS else []
    details = [f"{len(config.SETTINGS)} settings", f"public URL {config.PUBLIC_URL}", *relaxed, *_misspelled_settings()]
    return "; ".join(details)


def _misspelled_settings() -> list[str]:
    names = [setting.name for setting in config.SETTINGS]
    similar = {name: difflib.get_close_matches(name, names, 1, MIN_SIMILARITY) for name in config.unknown_names()}
    return [f"unknown setting {name} (did you mean {matches[0]}?)" for name, matches in similar.items() if matches]


def _check_data_folder() -> str:
    try:
        with tempfile.TemporaryFile(dir=config.DATA_DIR) as file:
            file.write(b"writable")
    except OSError as error:
        raise Refusal("data_folder_not_writable", config.cannot_write(config.DATA_DIR, error)) from None
    mode = stat.S_IMODE(config.DATA_DIR.stat().st_mode)
    shared = f"; other users can list it ({mode:04o}): run `chmod 700 {config.DATA_DIR}`" if mode & 0o007 else ""
    free_mib = shutil.disk_usage(config.DATA_DIR).free // (1024 * 1024)
    return f"{config.DATA_DIR}, {free_mib} MiB free{shared}"


def _check_secret_key() -> str:
    if not config.SECRET_KEY:
        _check_key_file(config.KEY_FILE.path)
    _require_right_key()
    previous = len(config.secret_keys()) - 1
    accepted = f"; previous keys that are accepted: {previous}" if previous else ""
    return f"from {'WTH_SECRET_KEY' if config.SECRET_KEY else config.KEY_FILE.path}{accepted}"


def _check_key_file(path: Path) -> None:
    """Require a key file that only the hub's user can read."""
    if not path.exists():
        raise Refusal(
            "no_secret_key",
            f"{path} is missing. Restore it: stored webhook secrets cannot be decrypted without it. On a new hub, "
            "`wth migrate` creates it.",
        )
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise Refusal("open_secret_key", f"Other users can read {path} ({mode:04o}). Run `chmod 600 {path}`.")


def _require_right_key() -> None:
    """Compare the key with the database, unless another check reports that."""
    with suppress(DatabaseUnavailable), connection():
        if not schema.list_pending():
            require_right_key()


def _check_database() -> str:
    with connection():
        ping_database()
        require_supported_database()
        require_primary()
        checkpoint()  # a write, which finds a full or read-only disk
    if message := describe_large_log():
        raise Refusal("large_log", message)
    return "SQLite, reachable" if config.is_sqlite() else "PostgreSQL, reachable"


def _check_migrations() -> str:
    pending = schema.list_pending()
    if pending:
        raise Refusal("migrations_pending", f"pending migrations: {', '.join(pending)}. Run `wth migrate`.")
    return "up to date"


def _check_queue() -> str:
    return f"reachable, {huey_queues.count_waiting()} tasks waiting"


def _check_authorities() -> str:
    """The worker does not start with an invalid file."""
    if config.WEBHOOK_CA_FILE is None:
        return "public"
    return f"public, and {count_authorities(config.WEBHOOK_CA_FILE)} of {config.WEBHOOK_CA_FILE}"


def _check_mail() -> str:
    """Connect and sign in.

    A hub without the settings sends no mail, which is no failure.
    """
    if not config.SMTP_URL and not config.MAIL_FROM:
        return "not set up: the hub sends no mail. Set WTH_SMTP_URL and WTH_MAIL_FROM to send it"
    if not config.has_mail():
        missing = "WTH_MAIL_FROM" if config.SMTP_URL else "WTH_SMTP_URL"
        raise Refusal("mail_incomplete", f"{missing} is missing, so the hub sends no mail. Set it.")
    try:
        with smtp.open_connection():
            return f"reachable, mails come from {config.MAIL_FROM}"
    except OSError as error:
        reason = smtp.describe_error(error)
        raise Refusal("mail_unavailable", f"The server of WTH_SMTP_URL is unavailable: {reason}.") from None


CHECKS: dict[str, Callable[[], str]] = {
    "settings": _check_settings,
    "data folder": _check_data_folder,
    "secret key": _check_secret_key,
    "database": _check_database,
    "migrations": _check_migrations,
    "queue": _check_queue,
    "mail": _check_mail,
    "certificate authorities": _check_authorities,
}
