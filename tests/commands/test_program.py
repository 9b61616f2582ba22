"""`wth` as a program: a hub from nothing, exit statuses and what stands on standard output."""

import os
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
    said = new_hub("check")
    assert (said.status, said.stderr) == (0, "")
    made = new_hub("dealer", "create", *ACCOUNT, "--json")
    assert (made.status, made.stderr) == (0, "")
    assert made.document["dealer_id"].startswith("dlr_")


def test_wrong_usage_and_nonsensical_settings_end_with_a_sentence(new_hub: Wth) -> None:
    unknown = new_hub("frobnicate")
    assert (unknown.status, unknown.stdout) == (2, "")
    assert "No such command 'frobnicate'" in unknown.stderr
    port = new_hub("spec", env={"WTH_PORT": "eighty"})
    assert (port.status, port.stdout) == (1, "")
    assert port.stderr.startswith("WTH_PORT='eighty' makes no sense")


def test_database_that_does_not_answer_is_refused_without_a_trace(new_hub: Wth) -> None:
    away = {"WTH_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}
    said = new_hub("events", "list", "--json", env=away)
    assert said.refusal == (1, "service_unavailable")
    assert "Traceback" not in said.stderr
