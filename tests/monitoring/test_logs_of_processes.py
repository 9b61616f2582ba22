"""Logs of real processes: JSON lines that lead from a request to its webhook, without any secret."""

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

import config
from models.accounts.user import User
from tests.cast import Cast
from tests.client import Client
from tests.journeys.processes import eventually, running
from tests.monitoring.logged_hub import LoggedHub
from tests.receiver import Receiver

PASSWORD = "perpetual-calendar-geheim"


@pytest.fixture
def logged_hub(tmp_path: Path, cast: Cast) -> Iterator[LoggedHub]:
    with ExitStack() as stack:
        yield LoggedHub(stack, tmp_path)


def test_one_line_per_request_leads_to_the_attempt(logged_hub: LoggedHub, cast: Cast, receiver: Receiver) -> None:
    watch = cast.owner.listing()
    endpoint, _ = cast.owner.endpoint(receiver.url, events=["order.received"])
    api = Client(logged_hub.server.url, cast.owner.test_key)
    order = api.order(watch.id)
    missing = api.get("/listings/inv_none")
    lines = logged_hub.wait_for_lines("web", "wth.requests", 2)
    placed, found = lines
    assert (placed["operation"], placed["method"], placed["status"]) == ("createOrder", "POST", 201)
    assert (placed["dealer"], placed["mode"]) == (cast.owner.dealer.id, "test")
    assert placed["request_id"] == order.headers["X-Request-Id"]
    assert placed["ms"] > 0
    assert (found["request_id"], found["status"]) == (missing.headers["X-Request-Id"], 404)
    assert found["error"] == "listing_not_found"

    [delivered] = receiver.wait_for(1)
    [attempt] = logged_hub.wait_for_lines("worker", "wth.deliveries", 1)
    assert attempt["request_id"] == placed["request_id"]
    assert attempt["event_id"] == delivered.headers["WTH-Event-Id"]
    assert attempt["delivery_id"] == delivered.headers["WTH-Delivery-Id"]
    assert (attempt["event"], attempt["status"], attempt["attempt"]) == ("order.received", 200, 1)
    assert (attempt["endpoint_id"], attempt["dealer"]) == (endpoint.id, cast.owner.dealer.id)
    assert (attempt["level"], attempt["message"]) == ("info", "Attempt succeeded.")
    assert all({"at", "level", "logger", "message"} <= set(line) for line in logged_hub.lines("web"))


def test_failed_attempt_names_the_error(logged_hub: LoggedHub, cast: Cast, receiver: Receiver) -> None:
    receiver.respond = lambda _: 500
    cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    attempt = logged_hub.wait_for_lines("worker", "wth.deliveries", 1)[0]
    assert (attempt["message"], attempt["status"], attempt["is_last"]) == ("Attempt failed.", 500, False)


def test_probes_and_files_are_not_logged(logged_hub: LoggedHub) -> None:
    site = logged_hub.server.site
    for path in ("/health", "/ready", "/api/v1/health", "/static/mark.svg", "/docs"):
        requests.get(site + path, timeout=20)
    requests.get(f"{site}/sign-in?next=/orders", timeout=20)
    [line] = logged_hub.wait_for_lines("web", "wth.requests", 1)
    assert (line["app"], line["path"], line["status"]) == ("dashboard", "/sign-in", 200)


def test_replayed_request_has_the_id_of_the_first(logged_hub: LoggedHub, cast: Cast) -> None:
    watch = cast.owner.listing()
    api = Client(logged_hub.server.url, cast.owner.test_key)
    for _ in range(2):
        api.order(watch.id, key="once")
    first, second = logged_hub.wait_for_lines("web", "wth.requests", 2)
    assert first["request_id"] == second["request_id"]


def test_last_lines_are_written_when_the_hub_stops(logged_hub: LoggedHub, cast: Cast) -> None:
    for _ in range(20):
        Client(logged_hub.server.url, cast.owner.test_key).get("/me")
    logged_hub.web.terminate()
    logged_hub.web.wait(20)
    assert len(logged_hub.lines("web", "wth.requests")) == 20


def test_no_secret_in_any_output(logged_hub: LoggedHub, cast: Cast, receiver: Receiver) -> None:
    key, site = cast.owner.test_key, logged_hub.server.site
    owner = User.register(cast.owner.dealer, email="anna@lindner.example", password=PASSWORD, role="owner")
    endpoint, secret = cast.owner.endpoint(receiver.url + "?token=geheim-in-url")
    receiver.respond = lambda _: (500, {"Authorization": f"Bearer {key}"}, f"{secret} {key}".encode())
    cast.owner.listing()
    for path in (f"/api/v1/me?api_key={key}", f"/api/v1/listings/{key}", f"/api/{key}", f"/docs/{key}", f"/{key}"):
        requests.get(site + path, headers={"Authorization": f"Bearer {key}"}, timeout=20)
    for headers in ({"Authorization": f"Token {key}"}, {"X-Api-Key": key}, {"Cookie": f"wth_session={key}"}):
        requests.get(f"{site}/api/v1/me", headers=headers, timeout=20)
        requests.get(f"{site}/orders?key={key}", headers=headers, timeout=20)
    requests.get(f"{site}/reset/geheimes-token", timeout=20)
    form = {"email": owner.email, "password": PASSWORD, "csrf_token": "geheim-csrf"}
    requests.post(f"{site}/sign-in", data=form, timeout=20)
    with socket.create_connection(("127.0.0.1", logged_hub.server.port)) as raw:
        raw.sendall(f"GET /{key} HTTP/9.9\r\nAuthorization {key}\r\n\r\n".encode())
        raw.recv(1000)
    logged_hub.wait_for_lines("web", "wth.requests", 12)
    logged_hub.wait_for_lines("worker", "wth.deliveries", 1)
    output = logged_hub.output
    for text in (key, key[4:], secret, secret[6:], PASSWORD, "geheim", config.SECRET_KEY, endpoint.url):
        assert text not in output


def test_unavailable_queue_costs_few_lines(tmp_path: Path, cast: Cast, receiver: Receiver) -> None:
    cast.owner.endpoint(receiver.url, events=["order.received"])
    watches = cast.owner.listings(30)
    with ExitStack() as stack:
        hub = LoggedHub(stack, tmp_path, WTH_QUEUE_URL="redis://127.0.0.1:1/0")
        api = Client(hub.server.url, cast.owner.test_key)
        assert {api.order(watch.id).status_code for watch in watches} == {201}
        receiver.wait_for(30)
        lines = [line for process in ("web", "worker") for line in hub.lines(process) if line["level"] != "info"]
    assert {line["logger"] for line in lines} == {"wth.queue", "wth.serve"}  # the latter at its start
    assert len(lines) < 20


def test_password_of_an_unavailable_database_is_not_logged(tmp_path: Path) -> None:
    output = tmp_path / "output"
    settings = {"WTH_DATABASE_URL": "postgresql://hub:geheim-im-log@127.0.0.1:1/hub", "WTH_LOG_FORMAT": "json"}
    program = tmp_path / "worker.py"
    program.write_text(
        f"import os, sys\nsys.path.insert(0, {str(config.ROOT)!r})\n"
        f"os.dup2(os.open({str(output)!r}, os.O_WRONLY | os.O_CREAT), 2)\n"
        f"os.execv(sys.executable, [sys.executable, {str(config.ROOT / 'cli.py')!r}, 'worker'])\n"
    )
    with running(program=program, **settings):
        eventually(lambda: output.exists() and "Database is unavailable" in output.read_text())
    assert "geheim" not in output.read_text()
    assert sys.executable not in output.read_text()
