"""Processes end within their bound, whatever hangs: a receiver, a lock, the database, the queue."""

import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import requests

import config
from tests.cast import Cast
from tests.client import Client
from tests.handlers.database_conditions import concurrent_writer
from tests.journeys.processes import WTH, eventually, running, serving, session_of, wait_until_healthy
from tests.ports import free_port
from tests.proxy import between
from tests.receiver import Receiver
from tests.tasks.traffic import edit

IMPATIENT = Path(__file__).with_name("impatient_hub.py")


def seconds_to_stop(process: subprocess.Popen[bytes], number: int = signal.SIGTERM, limit: float = 10) -> float:
    """Stop a process and return how long it and its session took to end."""
    started_at = time.monotonic()
    process.send_signal(number)
    process.wait(limit)
    seconds = time.monotonic() - started_at
    eventually(lambda: session_of(process) == [], 2)
    return seconds


@pytest.mark.parametrize(
    ("command", "number"),
    [(["serve"], signal.SIGHUP), (["web", "--workers", "2"], signal.SIGQUIT)],
    ids=["serve", "web"],
)
def test_hub_ends_with_its_children(command: list[str], number: int) -> None:
    with serving(*command, port=free_port()) as (hub, _):
        assert len(session_of(hub)) > 1
        seconds_to_stop(hub, number)


def test_worker_ends_when_its_terminal_is_closed() -> None:
    with running("worker", "--threads", "2") as worker:
        eventually(lambda: _handles(worker, signal.SIGHUP))
        seconds_to_stop(worker, signal.SIGHUP)


def test_worker_ends_in_time_while_a_receiver_hangs(cast: Cast, receiver: Receiver) -> None:
    cast.owner.endpoint(receiver.url)
    may_respond = threading.Event()
    receiver.respond = lambda _: may_respond.wait(20) and 200
    edit(cast.owner, cast.owner.listing(), 100)
    with running("worker", "--threads", "2", program=IMPATIENT) as worker:
        receiver.wait_for(1)
        assert 1 < seconds_to_stop(worker) < 4
    may_respond.set()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_web_ends_in_time_while_a_request_waits_for_a_lock(cast: Cast, workers: str) -> None:
    port = free_port()
    with running("web", "--workers", workers, "--port", str(port), program=IMPATIENT) as web:
        shop = Client(wait_until_healthy(web, port).url, cast.owner.test_key)
        request = threading.Thread(target=_send_and_lose, args=(shop,))
        with concurrent_writer():
            request.start()
            time.sleep(0.3)
            assert 1 < seconds_to_stop(web) < 5
        request.join(10)


@pytest.mark.skipif(config.is_sqlite(), reason="SQLite has no server that could hang")
def test_processes_end_in_time_while_database_and_queue_hang(cast: Cast) -> None:
    with between(config.DATABASE_URL) as (database, database_url), between(config.QUEUE_URL) as (queue, queue_url):
        settings = {"WTH_DATABASE_URL": database_url, "WTH_QUEUE_URL": queue_url}
        with (
            serving("web", port=free_port(), **settings) as (web, server),
            running("worker", "--threads", "4", program=WTH, **settings) as worker,
        ):
            shop = Client(server.url, cast.owner.test_key)
            assert shop.get("/me").status_code == 200
            eventually(lambda: _handles(worker, signal.SIGTERM))
            time.sleep(1)  # the worker is in its routine
            database.hang()
            queue.hang()
            assert shop.get("/me").status_code == 503
            assert seconds_to_stop(web, limit=15) < 15
            assert seconds_to_stop(worker, limit=25) < 25


def _send_and_lose(shop: Client) -> None:
    with suppress(requests.ConnectionError):
        shop.post("/customers", {"email": "anna@shop.example"})


def _handles(process: subprocess.Popen[bytes], number: int) -> bool:
    """Return True once the process handles a signal itself."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    [caught] = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")]
    return bool(int(caught, 16) & 1 << number - 1)
