"""Traces of real processes: one trace from a request over its event to the attempt and the receiver."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

import config
from tests.cast import Cast
from tests.client import Client
from tests.journeys.processes import WTH, eventually
from tests.monitoring.collector import Collector
from tests.monitoring.logged_hub import LoggedHub
from tests.receiver import Receiver

SERVER, CLIENT, PRODUCER = 2, 3, 4  # enum SpanKind of opentelemetry/proto/trace/v1/trace.proto
SAMPLED = 1  # the flag of W3C Trace Context
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        yield running


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def traced_hub(stack: ExitStack, folder: Path, url: str, **settings: str) -> LoggedHub:
    fast = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "50"}
    return LoggedHub(stack, folder, **fast, **settings)


def test_one_trace_from_the_request_to_the_receiver(
    stack: ExitStack, tmp_path: Path, collector: Collector, cast: Cast, receiver: Receiver
) -> None:
    hub = traced_hub(stack, tmp_path, collector.url)
    watch = cast.owner.listing()
    endpoint, secret = cast.owner.endpoint(f"{receiver.url}?token=geheim", events=["order.received"])
    api = Client(hub.server.url, cast.owner.test_key)
    body = {"items": [{"listing_id": watch.id}], "customer": {"email": "ada@example.com"}}
    response = api.post("/orders", body, headers={"traceparent": TRACEPARENT, "tracestate": "vendor=secret"})
    assert response.status_code == 201
    [delivered] = receiver.wait_for(1)
    eventually(lambda: bool(collector.find("createOrder") and collector.find("deliver order.received")))
    [request], [event] = collector.find("createOrder"), collector.find("create order.received")
    [attempt] = collector.find("deliver order.received")

    assert (request.kind, event.kind, attempt.kind) == (SERVER, PRODUCER, CLIENT)
    assert {span.trace_id for span in (request, event, attempt)} == {TRACE}
    assert (request.parent_id, event.parent_id, attempt.parent_id) == (PARENT, request.span_id, event.span_id)
    assert delivered.headers["traceparent"] == f"00-{TRACE}-{attempt.span_id}-01"
    assert "tracestate" not in delivered.headers
    assert request.attributes == {
        "http.request.method": "POST",
        "http.response.status_code": 201,
        "http.route": "/api/v1/orders",
        "wth.dealer.id": cast.owner.dealer.id,
        "wth.request.id": response.headers["X-Request-Id"],
    }
    assert event.attributes["wth.event.id"] == delivered.headers["WTH-Event-Id"]
    assert attempt.attributes["wth.delivery.id"] == delivered.headers["WTH-Delivery-Id"]
    assert attempt.attributes["http.response.status_code"] == 200
    assert attempt.attributes["server.address"] == "127.0.0.1"
    assert {span.service for span in collector.spans} == {"watchtraderhub"}
    text = str(collector.spans)
    assert not any(hidden in text for hidden in ("geheim", secret, cast.owner.test_key, "ada@example.com"))
    lines = [*hub.wait_for_lines("web", "wth.requests", 1), *hub.wait_for_lines("worker", "wth.deliveries", 1)]
    assert {line["trace_id"] for line in lines} == {TRACE}
    assert endpoint.id == attempt.attributes["wth.endpoint.id"]


def test_failed_attempts_and_pages_are_spans(
    stack: ExitStack, tmp_path: Path, collector: Collector, cast: Cast, receiver: Receiver
) -> None:
    hub = traced_hub(stack, tmp_path, collector.url, OTEL_SERVICE_NAME="shop-hub")
    receiver.respond = lambda _: 500
    cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    broken = {"traceparent": f"00-{TRACE}-{PARENT}", "Cookie": "a=b"}
    requests.get(f"{hub.server.site}/orders/{cast.owner.test_key}", headers=broken, timeout=20)
    eventually(lambda: bool(collector.find("GET /orders/{id}") and collector.find("deliver listing.published")))
    [page], attempt = collector.find("GET /orders/{id}"), collector.find("deliver listing.published")[0]
    assert (page.parent_id, page.service) == ("", "shop-hub")
    assert page.trace_id != TRACE
    assert attempt.attributes["error.type"] == "500"
    assert attempt.parent_id == ""  # the event was recorded by a process without traces
    assert receiver.deliveries[0].headers["traceparent"].startswith(f"00-{attempt.trace_id}-")


def test_unsampled_trace_is_continued_and_not_sent(
    stack: ExitStack, tmp_path: Path, collector: Collector, cast: Cast, receiver: Receiver
) -> None:
    hub = traced_hub(stack, tmp_path, collector.url, OTEL_TRACES_SAMPLER="always_off")
    cast.owner.endpoint(receiver.url, events=["order.received"])
    Client(hub.server.url, cast.owner.test_key).order(cast.owner.listing().id)
    [delivered] = receiver.wait_for(1)
    assert not int(delivered.headers["traceparent"][-2:], 16) & SAMPLED
    hub.web.terminate()
    assert hub.web.wait(20) == 0
    assert collector.request_count == 0


@pytest.mark.parametrize("collector_state", ["hangs", "is down"])
def test_collector_delays_no_request_no_delivery_and_no_stop(
    collector_state: str, stack: ExitStack, tmp_path: Path, collector: Collector, cast: Cast, receiver: Receiver
) -> None:
    collector.responds.clear()
    url = collector.url if collector_state == "hangs" else "http://127.0.0.1:1"
    hub = traced_hub(stack, tmp_path, url)
    cast.owner.endpoint(receiver.url, events=["order.received"])
    api = Client(hub.server.url, cast.owner.test_key)
    watches = cast.owner.listings(20)
    started_at = time.monotonic()
    for watch in watches:
        assert api.order(watch.id).status_code == 201
    receiver.wait_for(20)
    assert time.monotonic() - started_at < 20
    for process in (hub.web, hub.worker):
        process.terminate()
    for process in (hub.web, hub.worker):
        assert process.wait(10) == 0
    warnings = [line for line in hub.lines("web") if line["level"] != "info"]
    assert len(warnings) < 10
    assert "Traceback" not in hub.output


@pytest.mark.parametrize("queue", ["", "redis://127.0.0.1:1/0"])  # the driver of Redis would import it
def test_nothing_of_opentelemetry_is_imported_without_its_variables(queue: str) -> None:
    program = (
        "import sys, cli, app, tasks.worker\n"
        "from commands.traces import start_tracing\n"
        "start_tracing(); app.create_app()\n"
        "print(sorted(name for name in sys.modules if name.startswith('opentelemetry.')))"
    )
    done = run(sys.executable, "-c", program, WTH_QUEUE_URL=queue)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


@pytest.mark.parametrize(
    "settings",
    [
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_SERVICE_NAME": "hub"},
    ],
)
def test_variables_can_turn_traces_off(settings: dict[str, str]) -> None:
    program = "from config import traces; print(traces.has_traces())"
    assert run(sys.executable, "-c", program, **settings).stdout == "False\n"


def test_unsupported_protocol_is_reported_at_start() -> None:
    settings = {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
    done = run(sys.executable, str(WTH), "worker", **settings)
    assert done.returncode == 1
    assert "Invalid OTEL_EXPORTER_OTLP_PROTOCOL='grpc': must be http/protobuf" in done.stderr


def run(*command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **settings}
    return subprocess.run(
        command, cwd=config.ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
