"""A web process and a worker that log to files."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import orjson

from tests.hub import Server
from tests.journeys.processes import WTH, end, environment_of, eventually, wait_until_healthy
from tests.ports import free_port


class LoggedHub:
    """`output` is all that the processes have written, `lines` the log lines of one of them."""

    def __init__(self, stack: ExitStack, folder: Path, **settings: str) -> None:
        self._folder = folder
        settings = {"WTH_LOG_FORMAT": "json", "WTH_LOG_LEVEL": "info", "WTH_RATE_LIMIT_URL": "memory://", **settings}
        port = free_port()
        web = stack.enter_context(self._running("web", "--port", str(port), **settings))
        self.worker = stack.enter_context(self._running("worker", **settings))
        self.server: Server = wait_until_healthy(web, port)
        self.web = web

    @contextmanager
    def _running(self, name: str, *arguments: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, str(WTH), name, *arguments]
        with (self._folder / f"{name}.log").open("wb") as file:
            options: dict[str, Any] = {"stdout": file, "stderr": file, "start_new_session": True}
            process = subprocess.Popen(command, env=environment_of(settings), **options)
        try:
            yield process
        finally:
            end(process)

    @property
    def output(self) -> str:
        return "".join(path.read_text() for path in sorted(self._folder.glob("*.log")))

    def lines(self, process: str, logger: str = "") -> list[dict[str, Any]]:
        """Parse the lines of `web` or `worker`. Each of them is one JSON object."""
        lines = [orjson.loads(line) for line in (self._folder / f"{process}.log").read_bytes().splitlines()]
        return [line for line in lines if logger in ("", line["logger"])]

    def wait_for_lines(self, process: str, logger: str, count: int) -> list[dict[str, Any]]:
        eventually(lambda: len(self.lines(process, logger)) >= count)
        return self.lines(process, logger)
