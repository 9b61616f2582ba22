"""`wth listen` as a process, as a dealer's developer runs it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.journeys.processes import eventually

READY = "Ready."
PROGRAM = (sys.executable, "-m", "watchtraderhub_cli")


class Listener:
    """A process of `wth listen`. `notes` are its lines on standard error, `lines` those on standard output."""

    def __init__(self, folder: Path, *arguments: str, key: str, url: str, program: Sequence[str] = PROGRAM) -> None:
        self.lines: list[str] = []
        self.notes: list[str] = []
        variables = {"WTH_API_KEY": key, "WTH_API_URL": url, "WTH_CONFIG_DIR": str(folder)}
        self.process = subprocess.Popen(
            [*program, "listen", *arguments],
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._threads = [
            _collect(self.process.stdout, self.lines),
            _collect(self.process.stderr, self.notes),
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.process.kill()
        self.wait()

    def wait_until_ready(self) -> Self:
        """Wait until no later event can be missed."""
        eventually(lambda: self.process.poll() is not None or any(READY in note for note in self.notes))
        assert self.process.poll() is None, self.notes
        return self

    def wait_for_lines(self, count: int) -> list[str]:
        eventually(lambda: len(self.lines) >= count)
        return self.lines

    def wait_for_note(self, text: str, count: int = 1) -> None:
        eventually(lambda: sum(text in note for note in self.notes) >= count)

    def wait(self) -> int:
        """Wait for the end of the process and of its output; return its exit status."""
        status = self.process.wait(30)
        for thread in self._threads:
            thread.join(10)
        return status

    def interrupt(self) -> str:
        """Press Ctrl-C; return the summary."""
        self.process.send_signal(signal.SIGINT)
        assert self.wait() == 0, self.notes
        return self.notes[-1]


def _collect(stream: IO[str], lines: list[str]) -> threading.Thread:
    def read() -> None:
        with stream:
            lines.extend(line.rstrip("\n") for line in stream)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread
