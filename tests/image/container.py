"""The image and its containers, by Docker or Podman (`WTH_TEST_ENGINE`), with the limits of compose.yaml."""

import json
import os
import re
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import requests

import config
from tests.deploy.compose import read_compose
from tests.journeys.processes import eventually

ENGINE = os.environ.get("WTH_TEST_ENGINE", "docker")
TAG = "watchtraderhub:test"
SETTINGS = ("WTH_DATABASE_URL", "WTH_QUEUE_URL", "WTH_SECRET_KEY")


def call_engine(*arguments: str) -> str:
    """Run a command of the engine, and return its output."""
    environment = {**os.environ, "BUILDAH_FORMAT": "docker"}  # Podman's own format has no health check
    ended = subprocess.run(
        [ENGINE, *arguments], capture_output=True, text=True, cwd=config.ROOT, env=environment, timeout=600
    )
    assert ended.returncode == 0, f"{ENGINE} {' '.join(arguments)}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def read_health_check() -> list[str]:
    """Return the command by which the engine checks a container's health."""
    [command] = re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", (config.ROOT / "Dockerfile").read_text(), re.M)
    return list(json.loads(command))


class Host:
    """What the containers of a test share: a volume, the network of this machine, and settings."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.volume = f"wth-test-{uuid.uuid4().hex[:12]}"
        on_servers = config.DATABASE_URL.startswith("postgresql")
        self.settings = {name: os.environ[name] for name in SETTINGS if on_servers} | {"WTH_PORT": str(port)}

    def run(self, *command: str) -> str:
        """Run a command of the hub, and return its output."""
        return call_engine("run", "--rm", *self._options(), TAG, *command)

    def run_python(self, source: str) -> str:
        return call_engine("run", "--rm", *self._options(), "--entrypoint=python", TAG, "-c", source)

    @contextmanager
    def start(self, *command: str) -> Iterator[str]:
        """Run a process of the hub in the background. The value is its container's name."""
        name = f"{self.volume}-{command[0]}"
        call_engine("run", "--detach", f"--name={name}", *self._options(), TAG, *command)
        try:
            yield name
        finally:
            call_engine("rm", "--force", name)

    def remove(self) -> None:
        call_engine("volume", "rm", "--force", self.volume)

    def wait_until_ready(self) -> None:
        eventually(self._is_ready, seconds=60)

    def _is_ready(self) -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}/ready", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def _options(self) -> list[str]:
        service = read_compose()["services"]["web-1"]
        limits = ["--read-only"] if service["read_only"] else []
        limits += [f"--tmpfs={folder}" for folder in service["tmpfs"]]
        limits += [f"--cap-drop={name}" for name in service["cap_drop"]]
        limits += [f"--security-opt={option.removesuffix(':true')}" for option in service["security_opt"]]
        settings = [f"--env={name}={value}" for name, value in self.settings.items()]
        return [*limits, *settings, "--network=host", f"--volume={self.volume}:/data"]


def stop(name: str, seconds: int) -> tuple[int, float]:
    """Stop a container as compose does. Return its exit status and the seconds that it took."""
    begin = time.monotonic()
    call_engine("stop", f"--time={seconds}", name)
    status = call_engine("inspect", "--format={{.State.ExitCode}}", name)
    return int(status), time.monotonic() - begin
