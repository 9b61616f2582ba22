"""`wth` as a process: a new hub from scratch, exit statuses and standard output."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import config
from tests.commands.conftest import CommandResult, Wth
from tests.ports import two_free_ports

PROGRAM = [sys.executable, str(config.ROOT / "cli.py")]


@pytest.fixture
def new_hub(tmp_path: Path) -> Wth:
    """`wth` as a process, with its own data folder."""
    settings = {
        "WTH_DATA_DIR": str(tmp_path),
        "WTH_DATABASE_URL": f"sqlite://{tmp_path}/hub.db",
        "WTH_QUEUE_URL": f"sqlite://{tmp_path}/queue.db",
        "WTH_SECRET_KEY": "",
    }

    def run(*arguments: str, env: dict[str, str] | None = None) -> CommandResult:
        environment = {**os.environ, **settings, **(env or {})}
        process = subprocess.run([*PROGRAM, *arguments], env=environment, capture_output=True, text=True, timeout=60)
        return CommandResult(process.returncode, process.stdout, process.stderr)

    return run


ACCOUNT = ("--name", "A", "--email", "a@uhren.example", "--password", "geheim und lang")


def test_new_hub_reports_each_missing_step(new_hub: Wth, tmp_path: Path) -> None:
    early = new_hub("dealer", "create", *ACCOUNT)
    assert (early.status, early.stdout) == (1, "")
    assert early.stderr == "The database has pending migrations. Run `wth migrate`.\n"
    result = new_hub("check", "--json")
    assert result.status == 1
    assert [check["name"] for check in result.document["checks"] if not check["ok"]] == ["secret key", "migrations"]
    assert f"{tmp_path}/secret.key is missing" in result.document["checks"][2]["detail"]
    assert "pending migrations: 0001" in result.document["checks"][4]["detail"]
    assert new_hub("migrate", "--json").document["applied"]
    (tmp_path / "secret.key").chmod(0o644)
    assert f"Run `chmod 600 {tmp_path}/secret.key`" in new_hub("check").stdout
    (tmp_path / "secret.key").chmod(0o600)
    misspelled = {"WTH_LOGLEVEL": "debug", "WTH_PROT": "9000"}
    result = new_hub("check", env={**misspelled, "WTH_API_KEY": "a client's own", "WTH_BASE_URL": "http://hub.example"})
    assert (result.status, result.stderr) == (0, "")
    assert "unknown setting WTH_LOGLEVEL (did you mean WTH_LOG_LEVEL?)" in result.stdout
    assert "unknown setting WTH_PROT (did you mean WTH_PORT?)" in result.stdout
    assert "WTH_API_KEY" not in result.stdout
    assert "WTH_BASE_URL" not in result.stdout
    created = new_hub("dealer", "create", *ACCOUNT, "--json")
    assert (created.status, created.stderr) == (0, "")
    assert created.document["dealer_id"].startswith("dlr_")


def test_invalid_usage_and_invalid_settings_exit_with_a_message(new_hub: Wth) -> None:
    unknown = new_hub("frobnicate")
    assert (unknown.status, unknown.stdout) == (2, "")
    assert "No such command 'frobnicate'" in unknown.stderr
    port = new_hub("spec", env={"WTH_PORT": "eighty"})
    assert (port.status, port.stdout) == (1, "")
    assert port.stderr.startswith("Invalid WTH_PORT='eighty': must be a whole number from 1 to 65535.")
    connections = new_hub("spec", env={"WTH_DATABASE_CONNECTIONS": "11"})
    assert connections.status == 1
    assert connections.stderr.startswith("Invalid WTH_DATABASE_CONNECTIONS='11': must be a whole number from 12 to")


@pytest.mark.parametrize("folder", ["/proc/none", "/dev/null/none"])
def test_folder_that_cannot_be_created_exits_with_a_message(new_hub: Wth, folder: str) -> None:
    result = new_hub("migrate", env={"WTH_DATA_DIR": folder})
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Cannot create the folder {folder}")
    assert result.stderr.endswith("Check WTH_DATA_DIR.\n")


@pytest.mark.parametrize(
    "settings",
    [
        {"WTH_DATA_DIR": "/proc"},
        {"WTH_DATABASE_URL": "sqlite:///proc/hub.db"},
        {"WTH_QUEUE_URL": "sqlite:///proc/queue.db"},
    ],
    ids=["secret key", "database", "queue"],
)
def test_folder_without_write_permission_exits_with_a_message(new_hub: Wth, settings: dict[str, str]) -> None:
    result = new_hub("serve", "--port", "9179", env={**settings, "WTH_ALLOW_PRIVATE_WEBHOOKS": "0"})
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.startswith("Cannot ")
    assert "/proc/" in result.stderr
    assert result.stderr.count("\n") == 1


def test_damaged_database_is_reported_and_kept(new_hub: Wth, tmp_path: Path) -> None:
    (tmp_path / "hub.db").write_bytes(b"not a database" * 1000)
    result = new_hub("migrate")
    assert (result.status, result.stdout) == (1, "")
    sentence = f"The database is unavailable: {tmp_path}/hub.db is not a SQLite database."
    assert result.stderr.splitlines()[-1].startswith(sentence)
    assert (tmp_path / "hub.db").read_bytes().startswith(b"not a database")


def test_folder_with_the_name_of_the_database_is_reported(new_hub: Wth, tmp_path: Path) -> None:
    (tmp_path / "hub.db").mkdir()
    result = new_hub("worker")
    assert (result.status, result.stdout) == (1, "")
    assert "Traceback" not in result.stderr
    assert f"{tmp_path}/hub.db cannot be opened." in result.stderr.splitlines()[-1]


def test_unavailable_database_is_reported_without_a_traceback(new_hub: Wth) -> None:
    unavailable = {"WTH_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}
    result = new_hub("events", "list", "--json", env=unavailable)
    assert result.error == (1, "service_unavailable")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("WTH_DATABASE_URL", "mysql://hub:geheim@db/hub", "starts with sqlite:// or postgresql://"),
        ("WTH_DATABASE_URL", "postgresql://hub:geheim@db:port/hub", "a port from 1 to 65535"),
        ("WTH_DATABASE_URL", "postgresql://hub:%zzgeheim@db/hub", "write % as %25"),
        ("WTH_DATABASE_URL", "sqlite://hub.db", "three slashes"),
        ("WTH_QUEUE_URL", "redis://:geheim@queue:6379/first", "Redis database by its number"),
        ("WTH_RATE_LIMIT_URL", "memcached://:geheim@cache", "starts with sqlite:// or redis:// or rediss://"),
        ("WTH_SECRET_KEY", "geheim", "at least 32 characters"),
        ("WTH_SMTP_URL", "http://hub:geheim@mail", "starts with smtp:// or smtps://"),
        ("WTH_SMTP_URL", "smtp://hub:geheim@mail/path", "a host and no path"),
        ("WTH_SMTP_URL", "smtp://geheim@mail", "both user and password"),
        ("WTH_SMTP_URL", "smtp://hub:geheim%C3%A9@mail", "ASCII"),
        ("WTH_MAIL_FROM", "hub", "one email address"),
        ("WTH_MAIL_FROM", "hub@mail.example, ben@mail.example", "one email address"),
        ("WTH_TRUSTED_PROXIES", "127.0.0.1, proxy", "'proxy' is not an address"),
        ("WTH_TRUSTED_PROXIES", "*", "'*' trusts every client"),
        ("WTH_TRUSTED_PROXIES", "127.0.0.1, 0.0.0.0/0", "'0.0.0.0/0' trusts every client"),
        ("WTH_TRUSTED_PROXIES", "::/0", "'::/0' trusts every client"),
    ],
)
def test_invalid_settings_are_rejected_without_printing_their_secrets(
    new_hub: Wth, setting: str, value: str, reason: str
) -> None:
    result = new_hub("spec", env={setting: value})
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Invalid {setting}")
    assert reason in result.stderr
    assert "geheim" not in result.stderr
    assert "Traceback" not in result.stderr


def test_parameter_that_postgresql_does_not_support_is_rejected_without_printing_it(new_hub: Wth) -> None:
    result = new_hub("events", "list", env={"WTH_DATABASE_URL": "postgresql://hub:geheim@db/hub?no=geheim"})
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.startswith("Invalid WTH_DATABASE_URL: ")
    assert "only parameters that PostgreSQL supports" in result.stderr
    assert "geheim" not in result.stderr


def test_secret_key_file_without_a_key_is_rejected(new_hub: Wth, tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch(0o600)
    result = new_hub("check")
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{tmp_path}/secret.key does not contain a key")


def test_missing_file_of_authorities_is_reported_before_anything_starts(new_hub: Wth, tmp_path: Path) -> None:
    env = {"WTH_WEBHOOK_CA_FILE": str(tmp_path / "authorities.pem")}
    message = f"Cannot use WTH_WEBHOOK_CA_FILE={tmp_path}/authorities.pem (No such file or directory)."
    result = new_hub("check", "--json", env=env)
    assert result.status == 1
    assert result.document["checks"][-1]["name"] == "certificate authorities"
    assert result.document["checks"][-1]["detail"].startswith(message)
    result = new_hub("serve", env=env)
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: {message}")


def _listen_beside_a_free_port() -> socket.socket:
    return socket.create_server(("127.0.0.1", two_free_ports() + 1))


@pytest.mark.parametrize("taken", [0, 1], ids=["web", "receiver"])
def test_port_in_use_is_reported_before_anything_starts(new_hub: Wth, tmp_path: Path, taken: int) -> None:
    with _listen_beside_a_free_port() as other:
        port = other.getsockname()[1]
        result = new_hub("serve", "--demo", "--port", str(port - taken))
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: Port {port} is already in use. ")
    assert not (tmp_path / "demo.json").exists()


@pytest.mark.parametrize("command", [("web", "--port", "9179"), ("worker",)], ids=["web", "worker"])
def test_processes_do_not_start_with_pending_migrations(new_hub: Wth, command: tuple[str, ...]) -> None:
    result = new_hub(*command)
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr == "Error: The database has pending migrations. Run `wth migrate`.\n"
