"""A virtual environment in which tests install the packages of this repository."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.clients.test_python_package import OFFLINE


class InstalledEnvironment:
    """A virtual environment with the dependencies, and with neither the client nor the server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        self.wth = folder / "bin" / "wth"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=60)
        [site] = folder.glob("lib/python*/site-packages")
        for path in Path(sysconfig.get_path("purelib")).iterdir():
            if not path.name.startswith(("__editable__", "__pycache__", "watchtraderhub")):
                (site / path.name).symlink_to(path)

    def pip(self, *words: str | Path) -> None:
        command = [sys.executable, "-m", "pip", "--python", self.python, *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr

    def install(self, wheel: Path) -> None:
        self.pip("install", wheel, *OFFLINE)

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `wth` with settings of its own only."""
        environment = {"PATH": os.environ["PATH"], "WTH_CONFIG_DIR": str(self.folder / "profiles"), **variables}
        return subprocess.run(
            [self.wth, *words],
            env=environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def commands(self) -> set[str]:
        """Return the names of the commands in the help."""
        done = self.run("--help")
        assert done.returncode == 0, done.stderr
        return {line.split()[0] for line in done.stdout.partition("Commands:\n")[2].splitlines() if line.strip()}
