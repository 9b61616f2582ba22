"""Runs the documented commands of a client, checks its code, and runs the program on it."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from docs.generate import FOLDER as DOCS
from tests.clients import tools
from tests.clients.catalogue import DocumentedClient
from tests.hub import Server

PAGE = DOCS / "clients.md"
PROGRAMS = tools.HERE / "programs"
BLOCK = re.compile(r'^```bash(?: tab="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
INSTALL = re.compile(r"^(npm|pip) install .*\n", re.MULTILINE)
DOCUMENTED_SITE = "http://localhost:8080"
ESCAPES = re.compile(r"\x1b\[[\d;?]*[a-zA-Z]")
DOCUMENT_COMMAND = "curl -sS -o openapi.json "


def commands() -> dict[str, str]:
    """The commands of each client in docs/clients.md, by label."""
    return {label: block for label, block in BLOCK.findall(PAGE.read_text()) if label}


def document_command() -> str:
    """The command that downloads the document."""
    blocks = [match[2] for match in BLOCK.finditer(PAGE.read_text())]
    return next(block for block in blocks if block.startswith(DOCUMENT_COMMAND))


@dataclass(frozen=True)
class Project:
    """A folder with the code of one generator and the program that uses it."""

    client: DocumentedClient
    folder: Path

    @property
    def output(self) -> str:
        """What the documented commands printed."""
        return (self.folder / "generated.txt").read_text()

    @property
    def findings(self) -> str:
        """What the compiler, type checker or parser found in the code."""
        return (self.folder / "findings.txt").read_text()

    def run(self, *arguments: str, url: str = "http://hub.invalid", key: str = "none") -> Any:
        command = self.client.toolchain.run.format(program=self.client.program)
        result = shell(f"{command} {' '.join(arguments)}", self.folder, HUB_URL=url, HUB_KEY=key)
        assert result.returncode == 0, result.stdout
        return json.loads(result.stdout.splitlines()[-1])  # libraries of some languages print warnings before

    def parse(self, bodies: list[dict[str, Any]], name: str) -> Any:
        """Parse bodies into their generated types: type, number and one field of each, None for an unknown type."""
        (self.folder / name).write_text(json.dumps(bodies))
        return self.run("parse", name)


def build_project(client: DocumentedClient, server: Server) -> Project:
    """Run the documented commands and the check, once for each state of the document, the page and the tools."""
    require(client)
    document = requests.get(f"{server.url}/openapi.json", timeout=10).content
    name = "code-" + re.sub(r"\W+", "_", client.label.replace("#", "sharp"))

    def build(folder: Path) -> None:
        (folder / "node_modules").symlink_to(tools.node_tools() / "node_modules")
        (folder / "generated.txt").write_text(generate(client, folder, server))
        check = client.toolchain.check.format(program=client.program)
        result = shell(check, folder)
        (folder / "findings.txt").write_text("" if result.returncode == 0 else f"{check}\n{result.stdout}")

    return Project(client, tools.once(name, [document, *inputs(client)], build))


def require(client: DocumentedClient) -> None:
    """Skip the test if a program or library of the language is missing."""
    for program in ("curl", "java"):
        if shutil.which(program) is None:
            tools.unavailable(f"{program} is not on this machine")
    for program in client.toolchain.programs:
        if shutil.which(program) is None:
            pytest.skip(f"The {client.label} client was not tested: {program} is not on this machine")
    if shell(client.toolchain.probe, tools.HERE).returncode != 0:
        pytest.skip(f"The {client.label} client was not tested: `{client.toolchain.probe}` fails on this machine")


def inputs(client: DocumentedClient) -> Iterator[bytes]:
    """All that decides what the commands and the check write, apart from the document."""
    yield from (repr(client).encode(), commands()[client.label].encode())
    locks = [tools.HERE / "package-lock.json", tools.HERE / "requirements.lock"]
    for path in [Path(__file__), *locks, *program_files(client), *sorted((DOCS / "recipes").iterdir())]:
        yield path.read_bytes()


def program_files(client: DocumentedClient) -> list[Path]:
    """The dealer's program and the settings of the checks."""
    names = [f"{client.program}{client.toolchain.extension}", "mypy.ini", "tsconfig.json"]
    names += {".cs": ["parse_csharp.py"], ".java": ["Generated.java"]}.get(client.toolchain.extension, [])
    return [PROGRAMS / name for name in names if (PROGRAMS / name).exists()]


def generate(client: DocumentedClient, folder: Path, server: Server) -> str:
    """Run the commands of the page; the programs that they install are there already, pinned by lock files."""
    command = document_command() + INSTALL.sub("", commands()[client.label])
    result = shell(command.replace(DOCUMENTED_SITE, server.site), folder)
    assert result.returncode == 0, result.stdout
    for path in program_files(client):
        shutil.copy(path, folder)
    return ESCAPES.sub("", result.stdout)


def shell(command: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run shell commands with the tools of the clients on the path."""
    python, node = tools.all_tools()
    path = tools.on_path(python / "bin", node / "node_modules" / ".bin")
    jar = next(python.glob("lib/*/site-packages/openapi_generator_cli/*.jar"))
    offline = {"DO_NOT_TRACK": "1", "GOPROXY": "off", "GOFLAGS": "-mod=mod"}
    java = {"GENERATOR_JAR": str(jar), "JAVA_OPTS": "-XX:TieredStopAtLevel=1"}
    return tools.run(["bash", "-e", "-o", "pipefail", "-c", command], folder, **offline, **java, **path, **variables)
