"""Starts hubs as processes, on the database and the queue of the tests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

import config
from tests.hub import Server

WTH = config.ROOT / "cli.py"


def start(*arguments: str, program: Path = WTH, **settings: str) -> subprocess.Popen[bytes]:
    """Start `wth …` in a new session, by which `end` finds its child processes."""
    command = [sys.executable, str(program), *arguments]
    return subprocess.Popen(command, env=environment_of(settings), start_new_session=True)


def environment_of(settings: dict[str, str]) -> dict[str, str]:
    """Return the environment of a hub on the database and the queue of the tests."""
    return {**os.environ, **settings}


@contextmanager
def running(*arguments: str, program: Path = WTH, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    process = start(*arguments, program=program, **settings)
    try:
        yield process
    finally:
        end(process)


@contextmanager
def serving(*arguments: str, port: int, **settings: str) -> Iterator[tuple[subprocess.Popen[bytes], Server]]:
    """Start a hub and wait until it is healthy."""
    with running(*arguments, "--port", str(port), program=WTH, **settings) as process:
        yield process, wait_until_healthy(process, port)


def wait_until_healthy(process: subprocess.Popen[bytes], port: int) -> Server:
    server = Server(port)
    eventually(lambda: process.poll() is not None or _is_healthy(server))
    assert process.poll() is None, f"the hub exited with status {process.returncode}"
    return server


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all processes of its session."""
    for pid in session_of(process):
        kill(pid)
    process.wait(10)


def kill(pid: int, number: int = signal.SIGKILL) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def session_of(process: subprocess.Popen[bytes]) -> list[int]:
    """List the live processes of its session, including itself."""
    members = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == process.pid and fields[0] not in ("Z", "X"):
            members.append(int(path.parent.name))
    return sorted(members)


def eventually(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"condition still false after {seconds} s"
        time.sleep(0.02)


def _is_healthy(server: Server) -> bool:
    try:
        return requests.get(f"{server.url}/health", timeout=2).ok
    except requests.ConnectionError:
        return False
