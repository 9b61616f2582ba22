"""Deliveries of a peer: a worker with a Redis of its own, on a copy of the hub's database."""

import json
import os
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import config
from bench.contenders import Programs
from bench.processes import SERVER_CORE, cpu_seconds, started, tree
from bench.surroundings import copy_database, environment_of, redis_server
from webhooks.signing import verify

SECONDS = 180
RESET = """
DELETE FROM attempt;
UPDATE delivery SET state = 'pending', attempts = 0, step = 0, completed_at = NULL;
"""
FIND_SENT = """
SELECT a.request_headers, v.body, e.secret FROM attempt a JOIN delivery d ON d.id = a.delivery_id
JOIN event v ON v.id = d.event_id JOIN endpoint e ON e.id = d.endpoint_id WHERE a.status = 200
"""


def measure_peer(programs: Programs, count: int, rounds: int) -> tuple[tuple[float, ...], list[str]]:
    """Measure the worker and its Redis while they send `count` deliveries, several times.

    Returns the CPU time of one in µs for each round, and the errors in what the worker has logged. Raises
    CannotInstall without Redis.
    """
    values = []
    with tempfile.TemporaryDirectory(dir=config.DATA_DIR) as name, redis_server(Path(name)) as (redis_pid, port):
        database = copy_database(Path(name) / "copy", with_plain_secrets=True)
        _execute(database, "DELETE FROM delivery WHERE completed_at IS NOT NULL;")
        environment = environment_of(programs, database, "NORMAL", port)
        with started(programs.worker, environment, core=SERVER_CORE) as worker:
            for turn in range(rounds + 1):
                pids = (worker.pid, redis_pid)
                spent = _deliver(programs, environment, pids, database)
                if turn:  # the first round warms up
                    values.append(spent / count * 1e6)
        return tuple(values), _check_log(database, count)


def _deliver(programs: Programs, environment: Mapping[str, str], pids: tuple[int, int], database: Path) -> float:
    """Fill the queue while the worker is suspended, then let it deliver. Returns the CPU seconds of both processes."""
    worker_pid, redis_pid = pids
    with _suspended(worker_pid):
        _execute(database, RESET)
        subprocess.run(programs.fill_queue, cwd=config.ROOT, env=dict(environment), check=True)
        cpu_before = cpu_seconds(worker_pid) + cpu_seconds(redis_pid)
    deadline = time.monotonic() + SECONDS
    while _count_open(database):
        assert time.monotonic() < deadline, "The worker does not deliver."
        time.sleep(0.1)
    return cpu_seconds(worker_pid) + cpu_seconds(redis_pid) - cpu_before


@contextmanager
def _suspended(pid: int) -> Iterator[None]:
    for member in tree(pid):
        os.kill(member, signal.SIGSTOP)
    try:
        yield
    finally:
        for member in tree(pid):
            os.kill(member, signal.SIGCONT)


def _execute(database: Path, script: str) -> None:
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.executescript(script)


def _count_open(database: Path) -> int:
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        return int(connection.execute("SELECT count(*) FROM delivery WHERE completed_at IS NULL").fetchone()[0])


def _check_log(database: Path, count: int) -> list[str]:
    """Return an error unless each delivery has one logged attempt with a valid signature."""
    with closing(sqlite3.connect(database)) as connection:
        sent = connection.execute(FIND_SENT).fetchall()
    now = int(time.time())
    checked = (
        verify(
            header=json.loads(headers)["WTH-Signature"], body=body.encode(), secrets=[secret], now=now, tolerance=600
        )
        for headers, body, secret in sent
    )
    valid = sum(result.is_valid for result in checked)
    return [] if valid == len(sent) == count else [f"{len(sent)} of {count} attempts logged, {valid} signatures valid"]
