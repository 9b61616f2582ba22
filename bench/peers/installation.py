"""Installs the peers on demand, from their lock files, into var/bench in the checkout."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import config

SOURCES = Path(__file__).parent
FOLDER = config.ROOT / "var" / "bench"
NODE_MAJOR = 20


class CannotInstall(Exception):  # noqa: N818 - reads as a sentence with its reason
    """The reason why a peer cannot run on this machine."""


def install_node_peers() -> Path:
    """Install the packages of bench/peers/node. Returns their folder, for NODE_PATH. Raises CannotInstall."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise CannotInstall("Node.js is not installed (node and npm are not in PATH).")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S607 - the node of PATH
    if int(version.removeprefix("v").partition(".")[0]) < NODE_MAJOR:
        raise CannotInstall(f"Node.js {version} is older than {NODE_MAJOR}.")
    folder = FOLDER / "node"
    locks = [SOURCES / "node" / name for name in ("package.json", "package-lock.json")]
    if not _is_current(folder, locks):
        folder.mkdir(parents=True, exist_ok=True)
        for lock in locks:
            shutil.copy(lock, folder)
        # better-sqlite3 is compiled here: its prebuilt binaries are not in the npm registry. nodedir: with the headers
        # that the system has, if it has them, because npm would download them.
        headers = {"npm_config_nodedir": "/usr"} if Path("/usr/include/node/node.h").exists() else {}
        _run(["npm", "ci", "--no-audit", "--no-fund", "--build-from-source"], folder, headers)
        _mark_current(folder, locks)
    return folder / "node_modules"


def install_python_peer(name: str) -> Path:
    """Build the virtual environment of a peer. Returns its Python. Raises CannotInstall."""
    folder, lock = FOLDER / name, SOURCES / name / "requirements.lock"
    python = folder / "bin" / "python"
    if not _is_current(folder, [lock]):
        _run([sys.executable, "-m", "venv", "--clear", str(folder)], config.ROOT)
        options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
        _run([str(python), "-m", "pip", "install", *options, "-r", str(lock)], config.ROOT)
        _mark_current(folder, [lock])
    return python


def find_redis() -> str:
    """Return the path of the Redis server. Raises CannotInstall."""
    path = shutil.which("redis-server")
    if path is None:
        raise CannotInstall("Redis is not installed (redis-server is not in PATH).")
    return path


def _run(command: Sequence[str], folder: Path, settings: dict[str, str] | None = None) -> None:
    print(f"Installing a peer: {' '.join(command[:4])} …", flush=True)
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **(settings or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last_line = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "no message")
        raise CannotInstall(f"{Path(command[0]).name} failed: {last_line}")


def _is_current(folder: Path, locks: Sequence[Path]) -> bool:
    mark = folder / ".installed"
    return mark.exists() and mark.read_text() == _fingerprint(locks)


def _mark_current(folder: Path, locks: Sequence[Path]) -> None:
    (folder / ".installed").write_text(_fingerprint(locks))


def _fingerprint(locks: Sequence[Path]) -> str:
    return hashlib.sha256(b"".join(lock.read_bytes() for lock in locks)).hexdigest()
