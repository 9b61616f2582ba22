"""The live table of `wth listen` on a terminal."""

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cast import Cast
from tests.hub import Server
from tests.journeys.processes import eventually
from tests.receiver import Receiver

ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
CLEAR = "\r\x1b[2K"


class Terminal:
    """A terminal in which `wth listen` runs. `text` is all that it has printed."""

    def __init__(self, *arguments: str, **variables: str) -> None:
        self._fd, printer = pty.openpty()
        os.set_blocking(self._fd, False)
        command = [sys.executable, "-m", "watchtraderhub_cli", "listen", *arguments]
        self.process = subprocess.Popen(command, env={**os.environ, **variables}, stdout=printer, stderr=printer)
        os.close(printer)
        self.text = ""

    def wait_for(self, text: str) -> None:
        eventually(lambda: text in self._read())

    def end(self) -> list[str]:
        """Press Ctrl-C; return the lines that a person sees then."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(20) == 0
        lines = self._read().replace("\r\n", "\n").split("\n")
        return [ESCAPE.sub("", line.rpartition(CLEAR)[2]) for line in lines]

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)
        os.close(self._fd)

    def _read(self) -> str:
        with suppress(OSError):  # nothing to read now, or the process has ended
            while data := os.read(self._fd, 65536):
                self.text += data.decode()
        return self.text


@pytest.fixture
def handler() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def terminal(tmp_path: Path, server: Server, cast: Cast, handler: Receiver) -> Iterator[Terminal]:
    cast.owner.dealer.name = "Uhren\x1b]0;title\x07 Müller"
    cast.owner.dealer.save()
    variables = {"WTH_API_KEY": cast.owner.test_key, "WTH_API_URL": server.site, "WTH_CONFIG_DIR": str(tmp_path)}
    terminal = Terminal("--forward-to", handler.url, **variables)
    yield terminal
    terminal.close()


def test_rows_are_aligned_and_the_status_stays_in_the_last_line(
    terminal: Terminal, handler: Receiver, cast: Cast
) -> None:
    terminal.wait_for("Ctrl-C ends")
    handler.respond = lambda delivered: 500 if delivered.event["sequence"] == 2 else 200
    watches = [cast.owner.listing() for _ in range(2)]
    terminal.wait_for("2 events, 1 failed")
    assert "\x1b[32m-> 200" in terminal.text
    assert "\x1b[31m-> 500" in terminal.text
    *_, heading, first, second, summary, end = terminal.end()
    columns = [heading.index(name) for name in ("EVENT", "RESOURCE", "RESPONSE")]
    for watch, row, status in zip(watches, (first, second), ("200", "500"), strict=True):
        expected = ["listing.published", watch.id, f"-> {status} ("]
        assert [row[at : at + len(text)] for at, text in zip(columns, expected, strict=True)] == expected
    assert (summary, end) == ("Forwarded 2 events, 1 failed. Continue with --from 3.", "")


def test_control_characters_of_a_name_do_not_reach_the_terminal(terminal: Terminal) -> None:
    terminal.wait_for("Ctrl-C ends")
    assert terminal.end()[0].startswith("Listening to Uhren ]0;title  Müller in test mode")
    assert "\x1b]" not in terminal.text
