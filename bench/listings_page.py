"""`GET /listings?limit=20`: CPU time per request, compared with a bare ASGI application."""

import pickle
import statistics
import time

import requests

import config
from bench.load import send_requests
from bench.measurement import Measurement
from bench.processes import cpu_seconds, running, wait_until_ready
from models.accounts.integration import Integration
from models.database import connection
from tests.cast import Person, create_person
from tests.ports import free_port

PATH = "/api/v1/listings?limit=20"
ROUNDS, REQUESTS = 5, 1600


def measure() -> Measurement:
    with connection():
        person = create_person("Benchmark Watches")
        Integration.update(rate_limit=100_000_000).where(Integration.dealer == person.dealer).execute()
        person.listings(60, description="Full set, serviced last year, running well within its tolerances. " * 4)
    hub_port, baseline_port = free_port(), free_port()
    with running("cli.py", "web", "--port", str(hub_port)) as hub:
        wait_until_ready(f"http://127.0.0.1:{hub_port}/api/v1/health")
        file = _save_response(hub_port, person)
        with running("-m", "bench.baseline", str(baseline_port), file) as baseline:
            wait_until_ready(f"http://127.0.0.1:{baseline_port}/")
            return _compare({"hub": (hub.pid, hub_port), "baseline": (baseline.pid, baseline_port)}, _request(person))


def _compare(servers: dict[str, tuple[int, int]], request: bytes) -> Measurement:
    cpu: dict[str, list[float]] = {name: [] for name in servers}
    rate: dict[str, list[float]] = {name: [] for name in servers}
    for turn in range(ROUNDS + 1):
        for name, (pid, port) in servers.items():
            cpu_before, started_at = cpu_seconds(pid), time.monotonic()
            send_requests(port, request, count=REQUESTS)
            if turn:  # the first round warms up
                cpu[name].append((cpu_seconds(pid) - cpu_before) / REQUESTS * 1e6)
                rate[name].append(REQUESTS / (time.monotonic() - started_at))
    cpu_us = {name: statistics.median(values) for name, values in cpu.items()}
    rates = {name: statistics.median(values) for name, values in rate.items()}
    return Measurement(
        f"{cpu_us['hub'] / cpu_us['baseline']:.2f} times the CPU time of the baseline "
        f"({cpu_us['hub']:.0f} µs against {cpu_us['baseline']:.0f} µs per request; "
        f"{rates['hub']:.0f} against {rates['baseline']:.0f} requests/s with 16 connections)"
    )


def _save_response(port: int, person: Person) -> str:
    url, key = f"http://127.0.0.1:{port}{PATH}", person.test_key
    response = requests.get(url, headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}, timeout=10)
    assert len(response.json()["data"]) == 20
    headers = [(name.encode(), value.encode()) for name, value in response.headers.items() if name.lower() != "date"]
    path = config.DATA_DIR / "response.pickle"
    path.write_bytes(pickle.dumps({PATH: (200, headers, response.content)}))
    return str(path)


def _request(person: Person) -> bytes:
    return (
        f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {person.test_key}\r\n"
        "Accept: application/json\r\n\r\n"
    ).encode()
