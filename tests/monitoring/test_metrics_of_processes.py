"""Metrics of several processes: one port reports for all, and counts survive the end of a process."""

import os
import signal
import socket
import subprocess
import sys

import pytest
import requests

import config
from tests.cast import Cast
from tests.client import Client
from tests.journeys.processes import eventually, kill, serving, session_of
from tests.monitoring.measured_hub import MeasuredHub
from tests.monitoring.scraping import scrape
from tests.ports import free_port
from tests.receiver import Receiver


def request_on_new_connections(hub: MeasuredHub, key: str, count: int) -> None:
    """Send requests that reach either web process."""
    for _ in range(count):
        assert Client(hub.server.url, key).get("/me", headers={"Connection": "close"}).status_code == 200


def test_one_port_reports_for_all_processes(hub_processes: MeasuredHub, cast: Cast, receiver: Receiver) -> None:
    hub = hub_processes
    cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    receiver.wait_for(1)
    eventually(lambda: hub.count("wth_deliveries_total", result="succeeded") == 1)
    assert hub.count("wth_delivery_attempts_total", result="succeeded") == 1
    assert hub.count("wth_delivery_attempt_duration_seconds_count") == 1
    request_on_new_connections(hub, cast.owner.test_key, 30)
    assert {hub.count("wth_http_requests_total", operation="getMe", status="200") for _ in range(10)} == {30}
    assert scrape(f"{hub.server.site}/metrics").value("wth_delivery_attempts_total", result="succeeded") == 1
    if not config.is_sqlite():
        eventually(lambda: hub.count("wth_database_connections_max") == 3 * config.DATABASE_CONNECTIONS)
        assert hub.count("wth_database_connections", state="idle") >= 1

    receiver.respond = lambda _: 410
    cast.owner.listing()
    eventually(lambda: hub.count("wth_delivery_attempts_total", result="http_status") >= 1)

    hub.worker.send_signal(signal.SIGKILL)
    hub.worker.wait(10)
    [killed, *_] = [pid for pid in session_of(hub.web) if pid != hub.web.pid and _has_metrics(pid)]
    kill(killed)
    eventually(lambda: killed not in session_of(hub.web))
    request_on_new_connections(hub, cast.owner.test_key, 10)
    assert hub.count("wth_http_requests_total", operation="getMe", status="200") == 40
    assert hub.count("wth_deliveries_total", result="succeeded") == 1
    if not config.is_sqlite():
        eventually(lambda: hub.count("wth_database_connections_max") == 2 * config.DATABASE_CONNECTIONS)
    assert requests.get(f"http://127.0.0.1:{hub.port}/metrics", timeout=10).status_code == 401
    assert requests.get(f"http://127.0.0.1:{hub.port}/", timeout=10).status_code == 404


def _has_metrics(pid: int) -> bool:
    """Return True for a web process, which has files of the metrics open."""
    return any("/metrics/" in os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd"))


def test_port_of_another_program_is_reported_at_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        command = [sys.executable, str(config.ROOT / "cli.py"), "web", "--port", str(free_port())]
        environment = {**os.environ, "WTH_METRICS_PORT": port}
        result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 1
    assert (
        f"Port {port} is already in use. Stop that process, or choose another port (WTH_METRICS_PORT)" in result.stderr
    )


def test_hub_without_a_metrics_setting_writes_no_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("unmeasured")
    with serving("web", port=free_port(), WTH_DATA_DIR=str(folder)) as (_, server):
        assert requests.get(f"{server.site}/metrics", timeout=10).status_code == 404
        assert not (folder / "metrics").exists()


def test_first_process_of_a_hub_begins_with_new_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("slots")
    program = "import sys, config\nfrom monitoring.slots import ProcessSlot\nfrom pathlib import Path\n"
    program += (
        "folder = Path(sys.argv[1])\nslot = ProcessSlot(folder)\nprint(slot.number, len(list(folder.glob('*.db'))))"
    )
    program += "\n(folder / f'counter_{slot.number}.db').touch()\nsys.stdout.flush()\nsys.stdin.read()"

    def start() -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", program, str(folder)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=config.ROOT)

    def end(process: "subprocess.Popen[str]") -> None:
        process.communicate()

    def read(process: "subprocess.Popen[str]") -> list[int]:
        assert process.stdout is not None
        return [int(number) for number in process.stdout.readline().split()]

    first = start()
    assert read(first) == [0, 0]
    second = start()
    assert read(second) == [1, 1]
    end(first)
    third = start()
    assert read(third) == [0, 2], "it continues the files of the first"
    end(second)
    end(third)
    fourth = start()
    assert read(fourth) == [0, 0]
    end(fourth)
