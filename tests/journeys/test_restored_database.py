"""A SQLite database that is restored while the hub runs, or beside the log of the previous one."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.hub import Server
from tests.journeys.processes import WTH, end, serving
from tests.ports import free_port

STALE = "is older than "


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    """The settings of a hub with a data folder of its own."""
    return {
        "WTH_DATA_DIR": str(tmp_path),
        "WTH_DATABASE_URL": f"sqlite://{tmp_path}/hub.db",
        "WTH_QUEUE_URL": f"sqlite://{tmp_path}/queue.db",
        "WTH_LOG_LEVEL": "info",
    }


def back_up(file: Path) -> Path:
    """Copy the database as docs/self-hosting.md says."""
    copy = file.with_name("backup")
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def wth(settings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(WTH), *arguments]
    return subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, timeout=60)


def health(server: Server) -> int:
    return requests.get(f"{server.url}/health", timeout=10).status_code


def test_restored_database_is_rejected_until_its_stale_log_is_deleted(tmp_path: Path, settings: dict[str, str]) -> None:
    file, log = tmp_path / "hub.db", tmp_path / "hub.db-wal"
    with serving("serve", port=free_port(), **settings) as (hub, server):
        backup = back_up(file)
        assert wth(settings, "check").returncode == 0
        shutil.copyfile(backup, file)
        assert health(server) == 503
        end(hub)
    assert log.stat().st_size > 0
    started = wth(settings, "worker")
    assert started.returncode == 1
    assert "Traceback" not in started.stderr
    assert STALE in started.stderr.splitlines()[-1]
    for companion in (log, tmp_path / "hub.db-shm"):
        companion.unlink()
    restored = wth(settings, "check")
    assert restored.returncode == 0
    assert "was restored" in restored.stderr
