"""Start and memory: CPU time of `wth --help`, start to first response, memory idle and under load.

Each hub has a data folder of its own, with SQLite. Memory is the proportional set size (PSS) of the web process and the
worker: pages that processes share count once. The load is pages of 100 watches over 16 connections. Wall times are
those of this machine at this moment: run it alone.
"""

import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import requests

import config
from bench.load import send_requests
from bench.measurement import Measurement, above
from bench.processes import running
from models.accounts.integration import Integration
from models.database import connection
from tests.cast import create_person
from tests.journeys.processes import free_port

ROUNDS = 3
MAX_HELP_CPU_SECONDS = 0.25
MAX_START_SECONDS, MAX_FIRST_START_SECONDS = 1.0, 2.0
MAX_IDLE_MIB, MAX_LOADED_MIB = 120, 110
LISTINGS, REQUESTS, CONNECTIONS = 100, 2000, 16
SETTLE_SECONDS = 3
EMBEDDED = {"WTH_DATABASE_URL": "", "WTH_QUEUE_URL": "", "WTH_RATE_LIMIT_URL": ""}  # the defaults, in its folder


def measure() -> Measurement:
    help_seconds = [_measure_help() for _ in range(ROUNDS)]
    first, later, idle = zip(*(_measure_hub() for _ in range(ROUNDS)), strict=True)
    figures = [
        ("wth --help, CPU s", statistics.median(help_seconds), MAX_HELP_CPU_SECONDS),
        ("start to first response, s", statistics.median(later), MAX_START_SECONDS),
        ("start to first response, new data folder, s", statistics.median(first), MAX_FIRST_START_SECONDS),
        ("web + worker, idle, MiB", statistics.median(idle), MAX_IDLE_MIB),
        ("web under load, MiB", _measure_load(), MAX_LOADED_MIB),
    ]
    lines = [f"\n  {name:<44} {value:7.2f}, at most {maximum}" for name, value, maximum in figures]
    misses = [miss for name, value, maximum in figures for miss in above(name, value, maximum)]
    return Measurement(f"start and memory, medians of {ROUNDS}{''.join(lines)}", tuple(misses))


def _measure_help() -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "cli.py", "--help"], cwd=config.ROOT, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _measure_hub() -> tuple[float, float, float]:
    """Return the seconds of a first start and of a later one, and the MiB of both processes."""
    with tempfile.TemporaryDirectory(prefix="wth-bench-") as folder:
        with _hub(folder) as (_, first):
            pass
        with _hub(folder) as (process, later):
            time.sleep(SETTLE_SECONDS)
            return first, later, sum(map(_read_pss, [process.pid, *_children(process.pid)]))


@contextmanager
def _hub(folder: str) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """Run `wth serve`, and wait for its first response. Yields the process and the seconds."""
    port = free_port()
    started_at = time.monotonic()
    with running("cli.py", "serve", WTH_DATA_DIR=folder, WTH_PORT=str(port), **EMBEDDED) as process:
        while not _responds(port):
            assert process.poll() is None, "the hub ended"
            time.sleep(0.005)
        yield process, time.monotonic() - started_at


def _responds(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/api/v1/health", timeout=10).ok
    except requests.ConnectionError:
        return False


def _measure_load() -> float:
    """Return the most MiB of a web process while it sends pages of the benchmark's database."""
    with connection():
        person = create_person("Benchmark Watches")
        Integration.update(rate_limit=100_000_000).where(Integration.dealer == person.dealer).execute()
        person.listings(LISTINGS, description="Full set, serviced last year, running well. " * 6)
    port = free_port()
    request = (
        f"GET /api/v1/listings?limit={LISTINGS} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {person.test_key}\r\nAccept: application/json\r\n\r\n"
    ).encode()
    with running("cli.py", "web", "--port", str(port)) as web, ThreadPoolExecutor(1) as pool:
        while not _responds(port):
            time.sleep(0.1)
        load = pool.submit(send_requests, port, request, count=REQUESTS, connections=CONNECTIONS)
        samples = []
        while not load.done():
            samples.append(_read_pss(web.pid))
            time.sleep(0.1)
        load.result()
        return max(samples)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _read_pss(pid: int) -> float:
    """Read the PSS of a process in MiB."""
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024
