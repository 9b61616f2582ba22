"""Fetches axe-core, the accessibility checker, from its npm package."""

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

VERSION = "4.10.3"


def fetch_axe(folder: Path) -> Path:
    """The path of axe's script. Skips the test if npm is missing or cannot fetch it."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not on this machine, so axe was not run")
    command = ["npm", "pack", "--silent", f"axe-core@{VERSION}"]
    packed = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=120)
    if packed.returncode != 0:
        pytest.skip(f"npm could not fetch axe-core {VERSION}: {packed.stderr.decode()[-200:]}")
    with tarfile.open(folder / f"axe-core-{VERSION}.tgz") as package:
        package.extract("package/axe.min.js", folder, filter="data")
    return folder / "package" / "axe.min.js"
