"""Generators and linters, pinned by their lock files, each installed once into an ignored folder."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
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
    """The folder with `node_modules`."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            unavailable(f"{program} is not on this machine")
    return _installed("node", ["package.json", "package-lock.json"], _install_node)


def python_tools() -> Path:
    """The folder with `bin`."""
    return _installed("python", ["requirements.lock"], _install_python)


def unavailable(reason: str) -> NoReturn:
    """Skips the test, and says why; CI must have everything, so there it fails."""
    if os.environ.get("CI"):
        pytest.fail(f"CI puts the document through all generators and linters. {reason}")
    pytest.skip(f"Generators and linters were not run: {reason}")


def run(command: Sequence[str | Path], folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Runs a tool; what it prints on both channels is in `stdout`."""
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


def on_path(folder: Path) -> Mapping[str, str]:
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def _installed(kind: str, locks: Sequence[str], install: Callable[[Path], list[list[str]]]) -> Path:
    """A folder of its own for each state of the lock files; processes that share the tests wait for one another."""
    digest = hashlib.sha256(b"".join((HERE / lock).read_bytes() for lock in locks)).hexdigest()[:12]
    folder = HOME / f"{kind}-{digest}"
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".ready").exists():
            _clear(kind, folder, locks)
            for command in install(folder):
                done = run(command, folder)
                if done.returncode != 0:
                    unavailable(f"{command[0]} could not install them: {done.stdout[-500:]}")
            (folder / ".ready").touch()
    return folder


def _clear(kind: str, folder: Path, locks: Sequence[str]) -> None:
    for older in HOME.glob(f"{kind}-*"):
        shutil.rmtree(older)
    folder.mkdir()
    for lock in locks:
        shutil.copy(HERE / lock, folder)


def _install_node(folder: Path) -> list[list[str]]:
    return [["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]]


def _install_python(folder: Path) -> list[list[str]]:
    pip = [str(folder / "bin" / "pip"), "install", "--disable-pip-version-check", "--require-hashes"]
    return [[sys.executable, "-m", "venv", str(folder)], [*pip, "--requirement", "requirements.lock"]]
