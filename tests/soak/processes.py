"""Processes of a hub, which a test kills, starts again and measures."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.journeys.processes import WTH, kill, session_of, start, wait_until_healthy
from tests.ports import free_port


class Process:
    """One process of the hub, which can be killed and started again."""

    def __init__(self, *arguments: str, port: int = 0, settings: dict[str, str]) -> None:
        self.arguments = (*arguments, "--port", str(port)) if port else arguments
        self.port = port
        self.settings = {"WTH_LOG_LEVEL": "error"} | settings
        self.process: subprocess.Popen[bytes] = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return start(*self.arguments, program=WTH, **self.settings)

    def wait(self) -> str:
        """Wait until a web process responds. Returns the URL of its API."""
        return wait_until_healthy(self.process, self.port).url

    def restart(self) -> None:
        self.kill()
        self.process = self._start()

    def kill(self) -> None:
        for pid in session_of(self.process):
            kill(pid)
        self.process.wait(10)

    def memory(self) -> int:
        """Return the proportional set size in KiB."""
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        [line] = [line for line in lines if line.startswith("Pss:")]
        return int(line.split()[1])


@contextmanager
def hub(**settings: str) -> Iterator[tuple[list[Process], list[Process], list[str]]]:
    """Start two web processes and two workers. Yields one of each kind, the others, and the URLs of the API."""
    with ExitStack() as stack:
        webs = [Process("web", port=free_port(), settings=settings) for _ in range(2)]
        workers = [Process("worker", settings=settings) for _ in range(2)]
        for process in (*webs, *workers):
            stack.callback(process.kill)
        yield [webs[0], workers[0]], [webs[1], workers[1]], [web.wait() for web in webs]
