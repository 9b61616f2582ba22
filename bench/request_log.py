"""The API request log: its part of a request's CPU time.

A web process without the log gives the CPU time of a request. The log's own work is measured in this process, where
nothing else runs: the middleware around an application that sends a fixed response, and the writes of the batches. Two
web processes, one with the log, would differ by more than the log costs.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, repeat
from typing import Any

from connexion.middleware.abstract import ROUTING_CONTEXT

from bench.api_requests import get, list_pages, orders
from bench.dealers import open_dealer
from bench.load import send_each
from bench.measurement import Figure, Measurement, above
from bench.operations import ME, ORDER, PAGE_20
from bench.processes import LOAD_CORE, SERVER_CORE, cpu_seconds, pinned_to, running, wait_until_ready
from contract.request_id import new_request_id
from contract.request_log import RequestLogMiddleware
from contract.request_recorder import EARLY_COUNT, RequestRecorder, write_all
from contract.validation import RAW_BODY
from models.accounts.caller import Caller
from models.database import connection
from models.request_log.recorded_request import RecordedRequest
from tests.ports import free_port

MAX_SHARE = 0.05  # of a request's CPU time
ROUNDS = 9
COUNTS = {ME: 2000, PAGE_20: 1500, ORDER: 400}  # requests of a round
LOG, REQUEST = "request log", "hub without it"


class Recorder(RequestRecorder):
    """Keeps the requests of a round; the benchmark writes them."""

    def __init__(self) -> None:
        super().__init__(lambda _: None)
        self.requests: list[RecordedRequest] = []

    def add(self, request: RecordedRequest) -> None:
        self.requests.append(request)


@dataclass
class Exchange:
    """One request as the middleware sees it, and its response."""

    caller: Caller
    request: bytes
    operation: str
    status: int
    body: bytes
    messages: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        headers = [
            (b"content-type", b"application/json"),
            (b"x-request-id", b"req_1"),
            (b"x-api-version", b"2026-05-07"),
        ]
        start = {"type": "http.response.start", "status": self.status, "headers": headers}
        self.messages = [start, {"type": "http.response.body", "body": self.body}]

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        for message in self.messages:
            await send(message)

    def scope(self) -> dict[str, Any]:
        head, _, body = self.request.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        method, target, _ = first.decode().split()
        path, _, query = target.partition("?")
        pairs = (line.split(b": ", 1) for line in lines)
        user = {"connexion_context": {"user": self.caller}, RAW_BODY: body}
        return {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.lower(), value) for name, value in pairs],
            "client": ("127.0.0.1", 50_000),
            "state": {"request_id": new_request_id()},
            "extensions": {ROUTING_CONTEXT: {"operation_id": self.operation}, **user},
        }


def measure() -> Measurement:
    with connection():
        person, listing_ids = open_dealer(10_000)
        caller = Caller.find(person.test_key)
    port = free_port()
    with (
        pinned_to(LOAD_CORE),
        running("cli.py", "web", "--port", str(port), core=SERVER_CORE, WTH_REQUEST_LOG_MIB="0") as server,
    ):
        wait_until_ready(f"http://127.0.0.1:{port}/api/v1/health")
        requests = {
            ME: repeat(get(person.test_key, "/api/v1/me")),
            PAGE_20: list_pages(port, person.test_key, 20),
            ORDER: orders(person.test_key, listing_ids),
        }
        figures = [
            figure
            for operation, supply in requests.items()
            for figure in _measure_operation(operation, supply, (server.pid, port), caller)
        ]
    return _compare(figures)


def _measure_operation(
    operation: str, supply: Iterator[bytes], server: tuple[int, int], caller: Caller
) -> list[Figure]:
    """Measure the hub and the log in turn, so that a change of the machine's speed concerns both."""
    pid, port = server
    status, body = (201, b"x" * 950) if operation == ORDER else (200, b"x" * 10_000)
    with_log, without = [], []
    for _ in range(ROUNDS + 1):  # the first round warms up
        batch = list(islice(supply, COUNTS[operation]))
        before = cpu_seconds(pid)
        send_each(port, batch, status=status)
        without.append((cpu_seconds(pid) - before) / len(batch) * 1e6)
        with_log.append(_measure_log(Exchange(caller, batch[0], "anOperation", status, body), len(batch)))
    return [Figure(operation, LOG, "µs", tuple(with_log[1:])), Figure(operation, REQUEST, "µs", tuple(without[1:]))]


def _measure_log(exchange: Exchange, count: int) -> float:
    """Return the µs of CPU time for each of `count` requests."""
    recorder = Recorder()
    middleware = RequestLogMiddleware(exchange, recorder)
    seconds = _run(middleware, [exchange.scope() for _ in range(count)])
    seconds -= _run(exchange, [exchange.scope() for _ in range(count)])
    started_at = time.process_time()
    for start in range(0, count, EARLY_COUNT):
        lost = write_all(recorder.requests[start : start + EARLY_COUNT], Counter())
        assert not lost
    return (seconds + time.process_time() - started_at) / count * 1e6


def _run(application: Any, scopes: list[dict[str, Any]]) -> float:
    async def send(_message: Any) -> None:
        pass

    async def run() -> float:
        started_at = time.process_time()
        for scope in scopes:
            await application(scope, None, send)
        return time.process_time() - started_at

    return asyncio.run(run())


def _compare(figures: list[Figure]) -> Measurement:
    values = {(figure.operation, figure.contender): figure.value for figure in figures}
    lines: list[str] = []
    misses: list[str] = []
    for operation in COUNTS:
        log_us, request_us = values[operation, LOG], values[operation, REQUEST]
        lines.append(f"\n  {operation:<14} {log_us / request_us:6.1%}: {log_us:.1f} µs of {request_us:.0f} µs")
        misses += above(f"request log: {operation}", log_us / request_us, MAX_SHARE)
    return Measurement(f"its part of a request's CPU time{''.join(lines)}", tuple(misses), figures)
