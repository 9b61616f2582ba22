"""Processes to measure: start them, wait until they are ready, read their CPU time and memory, stop them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import requests

import config

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]
READY_SECONDS = 120  # on a busy machine a server needs that long to start


@contextmanager
def running(*command: str, core: int | None = None, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python program of the checkout, on one core if `core` is given; stop it with SIGTERM."""
    environment = {**os.environ, "PYTHONPATH": str(config.ROOT), **settings}
    with started([sys.executable, *command], environment, core=core) as process:
        yield process


@contextmanager
def started(
    command: Sequence[str], environment: Mapping[str, str], *, core: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in the checkout; stop it with SIGTERM."""
    pin = None if core is None else partial(os.sched_setaffinity, 0, {core})
    process = subprocess.Popen(command, cwd=config.ROOT, env=environment, preexec_fn=pin)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def run_and_read(*command: str, core: int) -> str:
    """Run a Python program of the checkout to its end on one core. Returns what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(config.ROOT)}
    with pinned_to(core):
        done = subprocess.run(
            [sys.executable, *command], cwd=config.ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
    return done.stdout


@contextmanager
def pinned_to(core: int) -> Iterator[None]:
    """Keep this process, and those that it starts, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def wait_until_ready(url: str) -> None:
    """Poll the URL until it responds, for two minutes at most."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            requests.get(url, timeout=1)
            return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.1)
    raise TimeoutError(url)


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its children, from their CPU-time clocks.

    Linux keeps one for each process, in nanoseconds; it includes threads that have ended. The id of the clock is that
    of clock_getcpuclockid(3).
    """
    return sum(time.clock_gettime(~member << 3 | 2) for member in tree(pid))


def pss_mib(pid: int) -> float:
    """Proportional set size of a process and its children, in MiB: shared pages count in parts."""
    rollups = (Path(f"/proc/{member}/smaps_rollup").read_text() for member in tree(pid))
    return sum(int(line.split()[1]) for text in rollups for line in text.splitlines() if line.startswith("Pss:")) / 1024


def tree(pid: int) -> list[int]:
    """List a process and its descendants."""
    files = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for file in files for child in file.read_text().split()]
    return [pid, *(member for child in children for member in tree(child))]
