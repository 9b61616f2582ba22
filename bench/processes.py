"""Processes under measurement: started, waited for, watched through /proc, ended."""

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
    """A Python program in the checkout, ended with SIGTERM."""
    process = subprocess.Popen(
        [sys.executable, *command], cwd=config.ROOT, env={**os.environ, "PYTHONPATH": str(config.ROOT), **settings}
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def wait_until_it_answers(url: str) -> None:
    for _ in range(300):
        try:
            requests.get(url, timeout=1)
            return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise TimeoutError(url)


def cpu_seconds(pid: int) -> float:
    """What all threads of a process have had of the processors, to the nanosecond."""
    return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
