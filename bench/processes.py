"""Processes to measure: start them, wait until they are ready, read their CPU time, stop them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

import config


@contextmanager
def running(*command: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python program of the checkout; stop it with SIGTERM."""
    process = subprocess.Popen(
        [sys.executable, *command], cwd=config.ROOT, env={**os.environ, "PYTHONPATH": str(config.ROOT), **settings}
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def wait_until_ready(url: str) -> None:
    """Poll the URL until it responds, for 30 seconds at most."""
    for _ in range(300):
        try:
            requests.get(url, timeout=1)
            return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise TimeoutError(url)


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process, from /proc."""
    return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
