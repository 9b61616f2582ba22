"""Start and memory: CPU time of `wth --help`, start to first response, and idle memory.

Each hub has a data folder of its own, with SQLite. Memory is the proportional set size (PSS) of the web process and the
worker: pages that processes share count once. Wall times are those of this machine at this moment: run it alone.
"""

import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

import config
from bench.measurement import Figure, Measurement
from bench.processes import running
from tests.ports import free_port

ROUNDS = 3
SETTLE_SECONDS = 3


def measure() -> Measurement:
    help_seconds = tuple(_measure_help() for _ in range(ROUNDS))
    first, later, idle = zip(*(_measure_hub() for _ in range(ROUNDS)), strict=True)
    figures = [
        Figure("wth --help", "hub", "s", help_seconds),
        Figure("start to first response", "hub", "s", later),
        Figure("start to first response, new data folder", "hub", "s", first),
        Figure("web + worker, idle", "hub", "MiB", idle),
    ]
    lines = [f"\n  {figure.operation:<44} {figure.value:7.2f} {figure.unit}" for figure in figures]
    return Measurement(f"start and memory, medians of {ROUNDS}{''.join(lines)}", figures=figures)


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
    with running(
        "cli.py",
        "serve",
        WTH_DATA_DIR=folder,
        WTH_PORT=str(port),
        WTH_DATABASE_URL="",
        WTH_QUEUE_URL="",
        WTH_RATE_LIMIT_URL="",
    ) as process:
        while not _responds(port):
            assert process.poll() is None, "the hub ended"
            time.sleep(0.005)
        yield process, time.monotonic() - started_at


def _responds(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/api/v1/health", timeout=10).ok
    except requests.ConnectionError:
        return False


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _read_pss(pid: int) -> float:
    """Read the PSS of a process in MiB."""
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024
