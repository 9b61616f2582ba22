"""The port of the metrics: clients that misbehave hold up nobody for long."""

import socket
import time
from collections.abc import Iterator

import pytest
import requests

from monitoring import hub_collector, metrics_server
from tests.monitoring.scraping import scrape


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A port of metrics in this process, without a token, that shows no values of an earlier test."""
    monkeypatch.setattr(hub_collector, "SHARED_SECONDS", 0.0)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = metrics_server.serve(listener)
        yield server.server_port
        server.shutdown()


def test_silent_client_delays_the_next_one_only_briefly(
    port: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(metrics_server.MetricsRequestHandler, "timeout", 0.2)
    with socket.create_connection(("127.0.0.1", port)):
        started_at = time.monotonic()
        assert scrape(f"http://127.0.0.1:{port}/metrics").value("wth_database_up") == 1
        assert 0.1 < time.monotonic() - started_at < metrics_server.CLIENT_SECONDS
    assert (capfd.readouterr().err, caplog.records) == ("", []), "a client is no error of the hub"


@pytest.mark.parametrize(
    "request_bytes", [b"\r\n\r\n", b"GET", b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 70_000, b"\0\xff"]
)
def test_malformed_request_ends_its_connection_only(
    port: int, monkeypatch: pytest.MonkeyPatch, request_bytes: bytes
) -> None:
    monkeypatch.setattr(metrics_server.MetricsRequestHandler, "timeout", 0.2)
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(request_bytes)
    assert scrape(f"http://127.0.0.1:{port}/metrics").value("wth_database_up") == 1


def test_other_paths_and_methods_are_rejected(port: int) -> None:
    assert requests.get(f"http://127.0.0.1:{port}/", timeout=5).status_code == 404
    assert requests.get(f"http://127.0.0.1:{port}/metrics/../etc", timeout=5).status_code == 404
    assert requests.head(f"http://127.0.0.1:{port}/metrics", timeout=5).status_code == 200
