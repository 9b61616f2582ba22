"""Probes: `/health` depends on nothing, `/ready` names what is wrong and what to do."""

import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
import requests

import config
from contract import rate_limit_redis
from models.database import db
from models.delivery.worker_heartbeat import WorkerHeartbeat
from monitoring import readiness
from tasks.heartbeat import Heartbeat
from tasks.queues.guarded import breaker
from tests.hub import Server, serve_app
from tests.proxy import Proxy

PARTS = {"database", "migrations", "worker", "queue", "rate_limits", "disk"}
MIGRATION = "0012_mail"


@pytest.fixture(autouse=True)
def closed_breaker() -> Iterator[None]:
    yield
    breaker.close()


def probe(server: Server, path: str) -> requests.Response:
    return requests.get(server.site + path, timeout=10)


def failures(response: requests.Response) -> dict[str, str]:
    """Return the sentences of the checks that failed."""
    document = response.json()
    failed = {name: text for name, text in document["checks"].items() if text != "ok"}
    assert (response.status_code, document["status"]) == ((503, "failed") if failed else (200, "ok"))
    assert set(document["checks"]) == PARTS
    return failed


def fail_on(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """Let statements fail that contain a text, as those of a database that is unavailable."""
    execute: Any = db.execute_sql

    def run(sql: str, *arguments: Any) -> Any:
        if part in sql:
            raise TimeoutError("secret-host does not respond")
        return execute(sql, *arguments)

    monkeypatch.setattr(db, "execute_sql", run)


def test_hub_with_a_worker_is_ready(hub: Server, worker_heartbeat: Heartbeat) -> None:
    response = probe(hub, "/ready")
    assert failures(response) == {}
    assert response.headers["Cache-Control"] == "no-store"
    assert requests.head(f"{hub.site}/ready", timeout=10).status_code == 200
    assert requests.post(f"{hub.site}/ready", timeout=10).status_code == 405


def test_hub_without_a_worker_is_not_ready(hub: Server) -> None:
    assert list(failures(probe(hub, "/ready"))) == ["worker"]


def test_worker_that_was_killed_does_not_count(hub: Server) -> None:
    WorkerHeartbeat.beat("wrk_killed")
    assert failures(probe(hub, "/ready")) == {
        "worker": "No worker is running, so no webhooks are sent. Start `wth worker`."
    }


def test_excluded_check_does_not_count(hub: Server) -> None:
    response = probe(hub, "/ready?exclude=worker")
    assert response.status_code == 200
    assert set(response.json()["checks"]) == PARTS - {"worker"}
    assert probe(hub, "/ready?exclude=weather").status_code == 400


def test_liveness_depends_on_nothing(hub: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_on(monkeypatch, "")
    response = probe(hub, "/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert probe(hub, "/api/v1/health").status_code == 503


def test_unavailable_database_is_named_without_its_message(
    hub: Server, worker_heartbeat: Heartbeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_on(monkeypatch, "")
    response = probe(hub, "/ready")
    assert list(failures(response)) == ["database", "migrations", "worker"]
    assert "secret-host" not in response.text


def test_pending_migration_is_named(hub: Server, worker_heartbeat: Heartbeat) -> None:
    [row] = db.execute_sql(f"SELECT applied FROM schema_migration WHERE name = '{MIGRATION}'").fetchall()
    db.execute_sql(f"DELETE FROM schema_migration WHERE name = '{MIGRATION}'")
    try:
        assert failures(probe(hub, "/ready")) == {"migrations": "Migrations are pending. Run `wth migrate`."}
    finally:
        values = (MIGRATION, row[0])
        db.execute_sql(f"INSERT INTO schema_migration (name, applied) VALUES ({db.param}, {db.param})", values)


def test_unavailable_queue_is_named(hub: Server, worker_heartbeat: Heartbeat, monkeypatch: pytest.MonkeyPatch) -> None:
    breaker.open()
    assert list(failures(probe(hub, "/ready"))) == ["queue"]


def test_redis_of_the_rate_limits_that_hangs_is_named_in_time(
    worker_heartbeat: Heartbeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit_redis, "CALL_SECONDS", 30)
    with Proxy("127.0.0.1", 1) as proxy:
        proxy.hang()
        monkeypatch.setattr(config, "RATE_LIMIT_URL", f"redis://127.0.0.1:{proxy.port}/0")
        with serve_app() as server:
            for _ in range(2):
                started_at = time.monotonic()
                assert list(failures(probe(server, "/ready"))) == ["rate_limits"]
                assert time.monotonic() - started_at < readiness.LIMIT_SECONDS + 1


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.skipif(not config.is_sqlite(), reason="PostgreSQL has a disk of its own.")
def test_disk_that_is_almost_full_is_named(
    hub: Server, worker_heartbeat: Heartbeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 10**6))
    assert failures(probe(hub, "/ready")) == {
        "disk": "The disk of the database has less than 100 MiB left. Free some space."
    }


def test_many_probes_share_one_check_for_a_second(
    hub: Server, worker_heartbeat: Heartbeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    execute: Any = db.execute_sql
    clock = [0.0]

    def count(sql: str, *arguments: Any) -> Any:
        if sql == "SELECT 1" and threading.current_thread().name.startswith("lookup"):
            reads.append(sql)
        return execute(sql, *arguments)

    monkeypatch.setattr(db, "execute_sql", count)
    monkeypatch.setattr(readiness, "monotonic", lambda: clock[0])
    with ThreadPoolExecutor(8) as pool:
        assert {response.status_code for response in pool.map(lambda _: probe(hub, "/ready"), range(24))} == {200}
    assert len(reads) == 1
    clock[0] += readiness.SHARED_SECONDS
    assert probe(hub, "/ready").status_code == 200
    assert len(reads) == 2
