"""`wth` as a program: a hub from nothing, exit statuses and what stands on standard output."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import config
from tests.commands.conftest import Ran, Wth

PROGRAM = [sys.executable, str(config.ROOT / "cli.py")]


@pytest.fixture
def new_hub(tmp_path: Path) -> Wth:
    """`wth` with a data folder of its own, as a process."""
    named = {
        "WTH_DATA_DIR": str(tmp_path),
        "WTH_DATABASE_URL": f"sqlite://{tmp_path}/hub.db",
        "WTH_QUEUE_URL": f"sqlite://{tmp_path}/queue.db",
        "WTH_SECRET_KEY": "",
    }

    def run(*arguments: str, env: dict[str, str] | None = None) -> Ran:
        environment = {**os.environ, **named, **(env or {})}
        ran = subprocess.run([*PROGRAM, *arguments], env=environment, capture_output=True, text=True, timeout=60)
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    return run


ACCOUNT = ("--name", "A", "--email", "a@uhren.example", "--password", "geheim und lang")


def test_hub_is_built_from_nothing_and_says_what_is_missing_on_the_way(new_hub: Wth, tmp_path: Path) -> None:
    early = new_hub("dealer", "create", *ACCOUNT)
    assert (early.status, early.stdout) == (1, "")
    assert early.stderr == "The database is not up to date; run `wth migrate`.\n"
    (tmp_path / "secret.key").chmod(0o644)
    said = new_hub("check", "--json")
    assert said.status == 1
    assert [each["name"] for each in said.document["checks"] if not each["ok"]] == ["secret key", "migrations"]
    (tmp_path / "secret.key").chmod(0o600)
    assert new_hub("migrate", "--json").document["applied"]
    said = new_hub("check", env={"WTH_LOGLEVEL": "debug", "WTH_API_KEY": "a client's own"})
    assert (said.status, said.stderr) == (0, "")
    assert "nothing reads WTH_LOGLEVEL: is WTH_LOG_LEVEL meant?" in said.stdout
    assert "WTH_API_KEY" not in said.stdout
    made = new_hub("dealer", "create", *ACCOUNT, "--json")
    assert (made.status, made.stderr) == (0, "")
    assert made.document["dealer_id"].startswith("dlr_")


def test_wrong_usage_and_nonsensical_settings_end_with_a_sentence(new_hub: Wth) -> None:
    unknown = new_hub("frobnicate")
    assert (unknown.status, unknown.stdout) == (2, "")
    assert "No such command 'frobnicate'" in unknown.stderr
    port = new_hub("spec", env={"WTH_PORT": "eighty"})
    assert (port.status, port.stdout) == (1, "")
    assert port.stderr.startswith("Invalid WTH_PORT='eighty': must be a whole number from 1 to 65535.")


@pytest.mark.parametrize("folder", ["/proc/none", "/dev/null/none"])
def test_folder_that_cannot_be_made_ends_with_a_sentence(new_hub: Wth, folder: str) -> None:
    said = new_hub("check", env={"WTH_DATA_DIR": folder})
    assert (said.status, said.stdout) == (1, "")
    assert said.stderr.startswith(f"Cannot create the folder {folder}")
    assert said.stderr.endswith("Check WTH_DATA_DIR.\n")


def test_database_that_does_not_answer_is_refused_without_a_trace(new_hub: Wth) -> None:
    away = {"WTH_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}
    said = new_hub("events", "list", "--json", env=away)
    assert said.refusal == (1, "service_unavailable")
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("WTH_DATABASE_URL", "mysql://hub:geheim@db/hub", "starts with sqlite:// or postgresql://"),
        ("WTH_DATABASE_URL", "postgresql://hub:geheim@db:port/hub", "a port from 1 to 65535"),
        ("WTH_DATABASE_URL", "sqlite://hub.db", "three slashes"),
        ("WTH_QUEUE_URL", "redis://:geheim@queue:6379/first", "Redis database by its number"),
        ("WTH_RATE_LIMIT_URL", "memcached://:geheim@cache", "starts with sqlite:// or redis:// or rediss://"),
        ("WTH_SECRET_KEY", "geheim", "at least 32 characters"),
        ("WTH_TRUSTED_PROXIES", "127.0.0.1, proxy", "'proxy' is not an address"),
    ],
)
def test_settings_are_refused_without_their_secrets(new_hub: Wth, setting: str, value: str, reason: str) -> None:
    said = new_hub("spec", env={setting: value})
    assert (said.status, said.stdout) == (1, "")
    assert said.stderr.startswith(f"Invalid {setting}")
    assert reason in said.stderr
    assert "geheim" not in said.stderr
    assert "Traceback" not in said.stderr


def test_secret_key_file_without_a_key_is_refused_with_a_sentence(new_hub: Wth, tmp_path: Path) -> None:
    (tmp_path / "secret.key").touch(0o600)
    said = new_hub("check")
    assert (said.status, said.stdout) == (1, "")
    assert said.stderr.startswith(f"{tmp_path}/secret.key does not contain a key")


@pytest.mark.parametrize("taken", [0, 1], ids=["web", "receiver"])
def test_port_that_is_taken_is_said_before_anything_is_begun(new_hub: Wth, tmp_path: Path, taken: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = new_hub("serve", "--demo", "--port", str(port - taken))
    assert (said.status, said.stdout) == (1, "")
    assert said.stderr.startswith(f"Error: Something listens on port {port} already")
    assert not (tmp_path / "demo.json").exists()


@pytest.mark.parametrize("command", [("web", "--port", "9179"), ("worker",)], ids=["web", "worker"])
def test_processes_do_not_start_on_a_database_that_is_not_up_to_date(new_hub: Wth, command: tuple[str, ...]) -> None:
    said = new_hub(*command)
    assert (said.status, said.stdout) == (1, "")
    assert said.stderr == "Error: The database is not up to date; run `wth migrate`.\n"
