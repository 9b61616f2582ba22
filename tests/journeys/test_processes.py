"""Processes that end: by SIGTERM, by SIGKILL, or with their parent."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from models.delivery.endpoint import Endpoint
from tests.cast import Cast
from tests.client import Client
from tests.handlers.request_progress import wait_until_received
from tests.journeys.processes import eventually, kill, running, serving, session_of, wait_until_healthy
from tests.ports import free_port
from tests.receiver import Receiver
from tests.tasks.traffic import edit, states


def test_worker_finishes_its_attempts_on_sigterm(cast: Cast, receiver: Receiver) -> None:
    watches = cast.owner.listings(3)
    endpoint, _ = cast.owner.endpoint(receiver.url)
    Endpoint.update(slots=10).where(Endpoint.id == endpoint.id).execute()
    may_respond = threading.Event()
    receiver.respond = lambda _: may_respond.wait(20) and 200
    for watch in watches:
        edit(cast.owner, watch, 100)
    with running("worker", "--threads", "8") as worker:
        receiver.wait_for(3)
        worker.send_signal(signal.SIGTERM)
        may_respond.set()
        assert worker.wait(15) == 0
    assert states(endpoint) == ["succeeded"] * 3
    assert len(receiver.deliveries) == 3


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two CPU cores")
def test_two_workers_are_pinned_to_different_cpu_cores() -> None:
    with running("worker") as first, running("worker") as second:
        eventually(lambda: all(len(os.sched_getaffinity(worker.pid)) == 1 for worker in (first, second)))
        assert os.sched_getaffinity(first.pid) != os.sched_getaffinity(second.pid)


def test_killed_hub_leaves_no_orphans_and_can_restart_on_its_port() -> None:
    port = free_port()
    with serving("serve", port=port) as (hub, _):
        members = session_of(hub)
        assert len(members) == 2, "web and worker"
        kill(hub.pid)
        hub.wait(5)
        with serving("serve", port=port) as (_, server):
            assert requests.get(f"{server.url}/health", timeout=5).status_code == 200
        eventually(lambda: session_of(hub) == [], 10)


def test_hub_ends_with_its_worker_on_sigterm() -> None:
    with serving("serve", port=free_port()) as (hub, _):
        hub.send_signal(signal.SIGTERM)
        assert hub.wait(15) == 0
        assert session_of(hub) == []


@pytest.mark.parametrize("count", ["1", "2"])
def test_pending_long_poll_gets_its_empty_page_on_sigterm(cast: Cast, count: str) -> None:
    with serving("web", "--workers", count, port=free_port()) as (web, server), ThreadPoolExecutor(1) as pool:
        api = Client(server.url, cast.owner.test_key)
        poll = pool.submit(api.get, "/events", wait=30)
        wait_until_received(Client(server.url, cast.owner.test_key), spent=0)
        web.send_signal(signal.SIGTERM)
        response = poll.result(9)
        assert (response.status_code, response.json()["data"]) == (200, [])
        assert web.wait(10) == 0


def test_worker_that_dies_is_restarted() -> None:
    with serving("serve", port=free_port()) as (hub, _):
        [worker] = [pid for pid in session_of(hub) if pid != hub.pid]
        kill(worker)
        eventually(lambda: len(session_of(hub)) == 2 and worker not in session_of(hub), 10)


def test_web_processes_end_with_their_parent() -> None:
    port = free_port()
    with serving("web", "--workers", "2", port=port) as (web, _):
        kill(web.pid)
        web.wait(5)
        eventually(lambda: session_of(web) == [], 10)
        with running("web", "--port", str(port)) as again:
            wait_until_healthy(again, port)


def test_process_ends_if_its_parent_died_before_monitoring_started() -> None:
    """A child that still imports when its parent dies already has another parent."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait(10)
    with running("worker", "--ends-with-parent", str(dead.pid)) as orphan:
        assert orphan.wait(20) in (0, -signal.SIGTERM)
