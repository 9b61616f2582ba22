"""A collector of OTLP over HTTP on loopback, which decodes the spans that it gets."""

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from importlib import import_module
from typing import Any, Self

from commands.drivers import use_driver
from tests.receiver import QuietServer

use_driver("opentelemetry")  # the settings of the tests ask for no traces
messages: Any = import_module("opentelemetry.proto.collector.trace.v1.trace_service_pb2")


@dataclass(frozen=True)
class CollectedSpan:
    """A span with its IDs in hexadecimal digits. `kind` is a number of the protocol, `service` its process's name."""

    service: str
    name: str
    kind: int
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]


class Collector:
    """Accepts spans. While `responds` is cleared, its requests hang."""

    def __init__(self) -> None:
        self.spans: list[CollectedSpan] = []
        self.request_count = 0
        self.responds = threading.Event()
        self.responds.set()
        self._server = QuietServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.responds.set()
        self._server.shutdown()
        self._server.server_close()

    def find(self, name: str) -> list[CollectedSpan]:
        return [span for span in self.spans if span.name == name]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.request_count += 1
                collector.responds.wait(60)
                if self.path == "/v1/traces":
                    collector.spans += _decode(body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _decode(body: bytes) -> list[CollectedSpan]:
    request = messages.ExportTraceServiceRequest.FromString(body)
    return [
        CollectedSpan(
            _read_attributes(resource.resource.attributes)["service.name"],
            span.name,
            span.kind,
            span.trace_id.hex(),
            span.span_id.hex(),
            span.parent_span_id.hex(),
            _read_attributes(span.attributes),
        )
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def _read_attributes(attributes: Any) -> dict[str, Any]:
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in attributes}
