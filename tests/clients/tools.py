"""Generators and linters, pinned by lock files and installed once."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pytest

HERE = Path(__file__).parent
HOME = HERE.parent.parent / ".venv" / "clients"
QUIET = {
    "NO_COLOR": "1",
    "NO_UPDATE_NOTIFIER": "1",
    "REDOCLY_TELEMETRY": "off",
    "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true",
}


def node_tools() -> Path:
    """Install the Node tools; returns the folder with `node_modules`."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            unavailable(f"{program} is not on this machine")
    return _install_once("node", ["package.json", "package-lock.json"], _install_node)


def collection_runners() -> Path:
    """Install Newman and Bruno; returns the folder with `node_modules`."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            unavailable(f"{program} is not on this machine, so the collection was not run")
    return _install_once("runners", ["../postman/package.json", "../postman/package-lock.json"], _install_node)


def typescript_compiler() -> Path:
    """Install what builds the TypeScript client, from its own lock file; returns the folder with `node_modules`."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            unavailable(f"{program} is not on this machine, so the TypeScript client was not built")
    source = "../../clients/typescript"
    return _install_once("typescript", [f"{source}/package.json", f"{source}/package-lock.json"], _install_node)


def mirror_tools() -> Path:
    """Install what the tests of the TypeScript mirror run on; returns the folder with `node_modules`."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            unavailable(f"{program} is not on this machine, so the TypeScript mirror was not tested")
    return _install_once("mirror", ["mirror/package.json", "mirror/package-lock.json"], _install_node)


def current_node() -> Path:
    """Return the program of a Node with `node:sqlite`, which Node 20 lacks: npm has it for Linux."""
    found = sorted(mirror_tools().glob("node_modules/node-linux-*/bin/node"))
    if not found:
        unavailable("Node 24 is not on this machine, and npm has it for Linux only, so the mirror was not tested")
    return found[0]


def python_tools() -> Path:
    """Install the Python tools; returns the folder with `bin`."""
    return _install_once("python", ["requirements.lock"], _install_python)


def all_tools() -> tuple[Path, Path]:
    """Install both at the same time, since each waits for downloads; returns the folders of Python and of Node."""
    with ThreadPoolExecutor(2) as pool:
        python, node = pool.submit(python_tools), pool.submit(node_tools)
        return python.result(), node.result()


def unavailable(reason: str) -> NoReturn:
    """Skip the test with its reason. In CI, which must have every tool, fail instead."""
    if os.environ.get("CI"):
        pytest.fail(f"CI requires all generators and linters. {reason}")
    pytest.skip(f"Generators and linters were not run: {reason}")


def run(command: Sequence[str | Path], folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a tool; `stdout` holds the output of both streams."""
    environment = {**os.environ, **QUIET, **variables}
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )


def on_path(*folders: Path) -> Mapping[str, str]:
    return {"PATH": os.pathsep.join([*map(str, folders), os.environ["PATH"]])}


def once(kind: str, inputs: Iterable[bytes], build: Callable[[Path], None]) -> Path:
    """Build into a folder of `.venv/clients` that depends on the inputs; returns it.

    It is built when the inputs change. Parallel test processes wait for each other.
    """
    digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in inputs)).hexdigest()[:12]
    folder = HOME / f"{kind}-{digest}"
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".ready").exists():
            for older in HOME.glob(f"{kind}-{'[0-9a-f]' * 12}"):
                shutil.rmtree(older)
            folder.mkdir()
            build(folder)
            (folder / ".ready").touch()
    return folder


def _install_once(kind: str, locks: Sequence[str], commands: Callable[[Path], list[list[str]]]) -> Path:
    def install(folder: Path) -> None:
        for lock in locks:
            shutil.copy(HERE / lock, folder)
        for command in commands(folder):
            result = run(command, folder)
            if result.returncode != 0:
                unavailable(f"{command[0]} could not install the tools: {result.stdout[-500:]}")

    return once(kind, [(HERE / lock).read_bytes() for lock in locks], install)


def _install_node(folder: Path) -> list[list[str]]:
    return [["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]]


def _install_python(folder: Path) -> list[list[str]]:
    pip = [str(folder / "bin" / "pip"), "install", "--disable-pip-version-check", "--require-hashes"]
    return [[sys.executable, "-m", "venv", str(folder)], [*pip, "--requirement", "requirements.lock"]]
