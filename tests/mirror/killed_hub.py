"""A hub as two processes, web and worker, each of which is killed and started again."""

import subprocess
from pathlib import Path
from typing import Any, Self

from tests.hub import Server
from tests.journeys.processes import end, kill, start, wait_until_healthy
from tests.ports import free_port

FAST_RETRY_WORKER = Path(__file__).parents[1] / "crash" / "fast_retry_worker.py"


class KilledHub:
    """A hub at one port, on the database of the tests."""

    def __init__(self) -> None:
        self.port = free_port()
        self._web, self._worker = self._start_web(), self._start_worker()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        for process in (self._web, self._worker):
            end(process)

    def wait(self) -> Server:
        """Wait until it is healthy."""
        return wait_until_healthy(self._web, self.port)

    def kill_web(self) -> None:
        self._kill(self._web)
        self._web = self._start_web()

    def kill_worker(self) -> None:
        self._kill(self._worker)
        self._worker = self._start_worker()

    def _start_web(self) -> subprocess.Popen[bytes]:
        return start("web", "--port", str(self.port))

    def _start_worker(self) -> subprocess.Popen[bytes]:
        return start(program=FAST_RETRY_WORKER)

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        kill(process.pid)
        end(process)
