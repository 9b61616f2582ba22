"""Peers of the benchmarks: their pins, and reasons why they cannot run."""

import json
import re
from pathlib import Path

import pytest

import config
from bench.peers import installation
from bench.peers.installation import CannotInstall, find_redis, install_node_peers

FOLDER = config.ROOT / "bench" / "peers"
LOCKS = sorted(FOLDER.glob("*/requirements.lock"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_python_packages_are_pinned_with_hashes(lock: Path) -> None:
    packages = re.split(r"^(?=\S+==)", lock.read_text(), flags=re.MULTILINE)[1:]
    assert len(packages) > 20
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_node_packages_are_pinned_with_hashes() -> None:
    packages = json.loads((FOLDER / "node" / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
    assert packages["node_modules/better-sqlite3"]["version"].startswith("12.")


def test_peers_are_installed_outside_of_the_tracked_files() -> None:
    assert installation.FOLDER.relative_to(config.ROOT).parts[0] in (config.ROOT / ".gitignore").read_text()


@pytest.mark.parametrize("install", [install_node_peers, find_redis])
def test_missing_program_is_a_reason(install: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert callable(install)
    with pytest.raises(CannotInstall, match="is not installed"):
        install()
