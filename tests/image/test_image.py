"""The image is built, and its containers run a hub within the limits of compose.yaml (`make image`)."""

import subprocess
from collections.abc import Iterator

import pytest
import requests

from commands.supervisor import WEB_STOP_SECONDS, WORKER_STOP_SECONDS
from tests.image.container import ENGINE, TAG, Host, call_engine, read_health_check, stop
from tests.ports import free_port

pytestmark = pytest.mark.image

WRITE = """
import os
def can_write(folder):
    try:
        open(folder + "/probe", "w").close()
    except OSError as error:
        return error.strerror
    return "yes"
print(os.getuid(), *(can_write(folder) for folder in ("/data", "/tmp", "/app", "/")), sep=",")
"""


@pytest.fixture(scope="module", autouse=True)
def _image() -> None:
    call_engine("build", f"--tag={TAG}", ".")


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host(free_port())
    yield host
    host.remove()


def test_process_writes_only_to_its_data_and_temporary_folder(host: Host) -> None:
    read_only = "Read-only file system"
    assert host.run_python(WRITE).strip() == f"10001,yes,yes,{read_only},{read_only}"


def test_containers_run_a_hub_and_stop_in_time(host: Host) -> None:
    host.run("migrate")
    with host.start("web") as web, host.start("worker") as worker:
        host.wait_until_ready()
        created = host.run(
            "dealer",
            "create",
            "--name",
            "Image",
            "--email",
            f"{host.volume}@example.com",
            "--country",
            "DE",
            "--password",
            host.volume,
        )
        assert "@example.com" in created
        assert "failed" not in host.run("check")
        assert requests.get(f"http://127.0.0.1:{host.port}/docs", timeout=10).status_code == 200
        health = read_health_check()
        call_engine("exec", web, *health)
        web_status, web_seconds = stop(web, 60)
        assert subprocess.run([ENGINE, "exec", worker, *health], capture_output=True).returncode != 0
        worker_status, worker_seconds = stop(worker, 60)
    assert (web_status, worker_status) == (0, 0)
    assert web_seconds < WEB_STOP_SECONDS
    assert worker_seconds < WORKER_STOP_SECONDS
