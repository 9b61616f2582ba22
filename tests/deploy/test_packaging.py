"""Files for production: they have what the hub needs, and their limits are the hub's."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
import requests
import trustme

import config
from commands.supervisor import WEB_STOP_SECONDS, WORKER_STOP_SECONDS
from contract.connection_limits import ConnectionLimits
from dashboard.request_body import MAX_UPLOAD_BYTES
from spec.document import read_document
from tests.conftest import FOLDER
from tests.deploy.compose import read_compose
from tests.journeys.processes import wait_until_healthy
from tests.ports import free_port

DEPLOY = config.ROOT / "deploy"
MIB = 1024 * 1024
STOPS = {"web": WEB_STOP_SECONDS, "web-1": WEB_STOP_SECONDS, "web-2": WEB_STOP_SECONDS, "worker": WORKER_STOP_SECONDS}
CADDY = shutil.which("caddy")
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
PARTS = ("/sign-in", "/docs", "/docs/changelog", "/docs/api/reference", "/docs/api/errors", "/openapi/v1.postman.json")
# Runs a command of the image, and fails if a module comes from the checkout: its packages are installed there.
RUN = """
import runpy, sys
sys.argv = ["wth", *sys.argv[2:]]
try:
    runpy.run_path("cli.py", run_name="__main__")
finally:
    files = {getattr(module, "__file__", None) or "" for module in sys.modules.values()}
    strays = [file for file in files if file.startswith(ROOT) and "/.venv/" not in file]
    assert not strays, strays
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that `COPY . ./` gets by .dockerignore, after the last RUN of the build."""
    folder = tmp_path_factory.mktemp("image")
    for name in _context():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(config.ROOT / name, folder / name)
    [step] = re.findall(r"^RUN (.venv/bin/python -m compileall .*)$", (config.ROOT / "Dockerfile").read_text(), re.M)
    environment = {**_environment(folder), "WTH_DATA_DIR": str(FOLDER / "build")}
    line = step.replace(".venv/bin/python", sys.executable)
    subprocess.run(line, cwd=folder, shell=True, env=environment, check=True)  # noqa: S602 - a line of the Dockerfile
    return folder


def _environment(image: Path) -> dict[str, str]:
    """Return the variables of a process in the image, whose folder is /app there."""
    [path] = set(re.findall(r"PYTHONPATH=(\S+)", (config.ROOT / "Dockerfile").read_text()))
    return {"PATH": os.environ["PATH"], "PYTHONPATH": path.replace("/app", str(image))}


def _context() -> Iterator[str]:
    """List the files that .dockerignore leaves, by the forms that it has."""
    lines = (config.ROOT / ".dockerignore").read_text().splitlines()
    kept = [config.ROOT / line[1:] for line in lines if line.startswith("!")]
    dropped = [line.removeprefix("**/") for line in lines if line.startswith("**/")]
    for top in kept:
        for path in [top] if top.is_file() else top.rglob("*"):
            name = path.relative_to(config.ROOT)
            if path.is_file() and not any(fnmatch(part, pattern) for part in name.parts for pattern in dropped):
                yield str(name)


def test_image_has_no_secret_and_no_test(image: Path) -> None:
    names = {path.name for path in image.iterdir()}
    assert {"cli.py", "requirements.lock", "spec", "docs"} <= names
    assert not names & {".env", ".git", "var", "tests", "bench", ".venv"}


@pytest.mark.parametrize("command", ["check", "spec", "web --help", "worker --help"])
def test_files_of_the_image_are_enough(image: Path, command: str) -> None:
    program = RUN.replace("ROOT", repr(f"{config.ROOT}/"))
    environment = {**_environment(image), "WTH_DATA_DIR": str(FOLDER / "image")}
    if command == "check":
        subprocess.run([sys.executable, "-c", program, "-", "migrate"], cwd=image, env=environment, check=True)
    ended = subprocess.run(
        [sys.executable, "-c", program, "-", *command.split()],
        cwd=image,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, "strays" in ended.stderr) == (0, False), ended.stdout + ended.stderr


def test_hub_of_the_image_serves_all_its_parts(image: Path) -> None:
    port = free_port()
    settings = {"WTH_DATA_DIR": str(FOLDER / "served-image"), "WTH_PORT": str(port), "WTH_QUEUE_URL": ""}
    environment = {**_environment(image), **settings}
    line = [sys.executable, "-c", RUN.replace("ROOT", repr(f"{config.ROOT}/")), "-"]
    subprocess.run([*line, "migrate"], cwd=image, env=environment, check=True)
    process = subprocess.Popen([*line, "web"], cwd=image, env=environment, stderr=subprocess.PIPE)
    try:
        server = wait_until_healthy(process, port)
        statuses = {path: requests.get(f"{server.site}{path}", timeout=10).status_code for path in PARTS}
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert set(statuses.values()) == {200}, statuses
    assert b"AssertionError" not in errors


def test_wth_of_the_image_is_a_link_to_a_program_that_finds_its_modules(image: Path, tmp_path: Path) -> None:
    text = (config.ROOT / "Dockerfile").read_text()
    [target] = re.findall(r"ln -s /app/(\S+) /usr/local/bin/wth", text)
    assert 'ENTRYPOINT ["wth"]' in text
    (tmp_path / "wth").symlink_to(image / target)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ended = subprocess.run([tmp_path / "wth", "spec", "--help"], cwd=tmp_path, env={"PATH": path}, capture_output=True)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_dockerfile_runs_as_a_user_of_its_own_and_pins_its_images() -> None:
    text = (config.ROOT / "Dockerfile").read_text()
    assert re.findall(r"^USER (.*)$", text, re.M) == ["10001:10001"]
    images = re.findall(r"^FROM (\S+)", text, re.M)
    assert len(set(images)) == 1
    assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+", images[0])
    assert "--require-hashes" in text
    health = re.findall(r"http://127\.0\.0\.1:\{[^}]*\}(/\S+?)'", text)
    assert health == ["/api/v1/health"]


def test_processes_get_the_time_that_they_take_to_stop() -> None:
    services = read_compose()["services"]
    graces = {name: service["stop_grace_period"].rstrip("s") for name, service in services.items() if name in STOPS}
    units = {name: _unit(name)["TimeoutStopSec"] for name in ("web", "worker")}
    assert graces.keys() == {"web-1", "web-2", "worker"}
    for name, seconds in [*graces.items(), *units.items()]:
        assert int(seconds) > STOPS[name]


def _unit(name: str) -> dict[str, str]:
    lines = (DEPLOY / "systemd" / f"wth-{name}@.service").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


@pytest.mark.parametrize("name", ["web", "worker"])
def test_unit_runs_a_command_of_the_hub(name: str) -> None:
    program, *arguments = shlex.split(_unit(name)["ExecStart"])
    assert program.endswith("/.venv/bin/wth")
    ended = subprocess.run([sys.executable, "cli.py", *arguments, "--help"], cwd=config.ROOT, capture_output=True)
    assert ended.returncode == 0
    settings = {setting.name for setting in config.SETTINGS}
    example = (DEPLOY / "systemd" / "watchtraderhub.env.example").read_text()
    assert set(re.findall(r"^#? ?(WTH_\w+)=", example, re.M)) <= settings


def _longest_wait() -> int:
    """Return the longest time (s) that `GET /events` waits."""
    parameters = read_document()["paths"]["/events"]["get"]["parameters"]
    [seconds] = [p["schema"]["maximum"] for p in parameters if p.get("name") == "wait"]
    return int(seconds)


def test_proxies_have_the_limits_of_the_hub() -> None:
    nginx = (DEPLOY / "nginx" / "hub.conf").read_text()
    caddy = (DEPLOY / "docker" / "Caddyfile").read_text()
    assert [int(size) * MIB for size in re.findall(r"client_max_body_size (\d+)m;", nginx)] == [MAX_UPLOAD_BYTES]
    assert [int(size) * MIB for size in re.findall(r"max_size (\d+)MiB", caddy)] == [MAX_UPLOAD_BYTES]
    waits = re.findall(r"proxy_read_timeout (\d+)s", nginx) + re.findall(r"response_header_timeout (\d+)s", caddy)
    assert len(waits) == 2
    assert min(map(int, waits)) > _longest_wait()
    idle = re.findall(r"keepalive_timeout (\d+)s", nginx) + re.findall(r"\bkeepalive (\d+)s", caddy)
    assert len(idle) == 2
    assert max(map(int, idle)) < ConnectionLimits().proxy_idle_seconds


@pytest.mark.skipif(CADDY is None, reason="caddy is not on this machine")
def test_caddy_accepts_its_file() -> None:
    command = [str(CADDY), "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "docker" / "Caddyfile")]
    environment = {**os.environ, "HUB_DOMAIN": "localhost", "HOME": str(FOLDER)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.skipif(NGINX is None, reason="nginx is not on this machine")
def test_nginx_accepts_its_file(tmp_path: Path) -> None:
    certificate = trustme.CA().issue_cert("hub.example.com")
    certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    text = (DEPLOY / "nginx" / "hub.conf").read_text()
    text = re.sub(r"/etc/letsencrypt/\S+\.pem", str(tmp_path / "server.pem"), text)
    frame = f"pid {tmp_path}/nginx.pid; error_log stderr; events {{}} http {{ access_log off; {text} }}"
    (tmp_path / "nginx.conf").write_text(frame)
    ended = subprocess.run([str(NGINX), "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
