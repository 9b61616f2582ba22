"""Runs the listener of the quickstart: its commands and its handler, with nothing that the page does not say."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import config
from tests.clients.installed_environment import InstalledEnvironment
from tests.docs.reading import blocks
from tests.journeys.processes import eventually
from tests.ports import free_port

PAGE = "quickstart"
HANDLER_PORT = "3000"
# pip works offline, with the dependencies that the environment has
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


class ListenerTerminal:
    """Terminals in a copy of the checkout that has only the client package.

    `variables` are those that step 2 exports. `hub_port` and a free port replace those on the page.
    """

    def __init__(self, folder: Path, variables: Mapping[str, str], hub_port: int) -> None:
        self.folder = folder
        self.ports = {"8080": str(hub_port), HANDLER_PORT: str(free_port())}
        environment = InstalledEnvironment(folder / "environment")
        path = f"{environment.python.parent}:{os.environ['PATH']}"
        self.variables = {**variables, **OFFLINE, "PATH": path, "WTH_CONFIG_DIR": str(folder / "profiles")}
        shutil.copytree(config.ROOT / "clients" / "python", folder / "clients" / "python")

    def read_commands(self) -> list[str]:
        """Return the blocks of shell commands behind step 2, and save the handler."""
        [handler] = [block.text for block in blocks(PAGE, "python") if block.tab is None]
        (self.folder / "handler.py").write_text(self._with_ports(handler))
        commands = [block.text for block in blocks(PAGE, "bash") if block.tab is None]
        return [self._with_ports(command) for command in commands[2:]]

    def export(self, commands: str) -> None:
        """Run commands; later ones have the variables that these export."""
        *_, variables = self.run(f"{commands}\necho; env -0").rpartition("\n")
        self.variables |= dict(pair.partition("=")[::2] for pair in variables.split("\0") if pair)

    @contextmanager
    def start(self, command: str) -> Iterator[Path]:
        """Run a command in a terminal of its own; yields the file with its output."""
        file = self.folder / f"{len(list(self.folder.iterdir()))}.txt"
        with file.open("w") as output:
            line = ["bash", "-c", f"exec {command}"]
            process = subprocess.Popen(line, cwd=self.folder, env=self.variables, stdout=output, stderr=output)
        try:
            yield file
        finally:
            process.kill()
            process.wait(10)

    def wait_for_text(self, file: Path, text: str) -> None:
        eventually(lambda: text in file.read_text())

    def wait_for_handler(self) -> None:
        eventually(self._is_listening)

    def _is_listening(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", int(self.ports[HANDLER_PORT])), timeout=1):
            return True
        return False

    def _with_ports(self, text: str) -> str:
        return re.sub("|".join(self.ports), lambda match: self.ports[match[0]], text)

    def run(self, commands: str) -> str:
        """Run commands and return their output. Fails if one fails."""
        line = ["bash", "-euo", "pipefail", "-c", commands]
        done = subprocess.run(line, cwd=self.folder, env=self.variables, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout
