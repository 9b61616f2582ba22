"""A web process that stops serves the requests that are on their way to it."""

import shutil
import signal
import socket
import subprocess
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import requests

from models.accounts.integration import Integration
from tests.cast import Cast
from tests.client import Client
from tests.journeys.processes import eventually, serving
from tests.ports import free_port

REQUEST = b"GET /api/v1/health HTTP/1.1\r\nHost: hub.test\r\n\r\n"
NGINX = shutil.which("nginx") or ("/usr/sbin/nginx" if Path("/usr/sbin/nginx").exists() else None)
NGINX_CONFIG = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    upstream hub {{ server 127.0.0.1:{first} max_fails=0; server 127.0.0.1:{second} max_fails=0; {keepalive} }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://hub; proxy_set_header X-Forwarded-For $remote_addr;
            proxy_http_version 1.1; proxy_set_header Connection "";
        }}
    }}
}}
"""


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        yield connection


def read_to_end(connection: socket.socket) -> bytes:
    parts = []
    with suppress(ConnectionResetError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("is_new", [True, False], ids=["new", "kept alive"])
def test_request_on_an_open_connection_is_served_after_the_signal(is_new: bool) -> None:
    port = free_port()
    with serving("web", port=port) as (web, _), connected(port) as connection:
        if not is_new:
            connection.sendall(REQUEST)
            received = b""
            while not received.endswith(b"}"):
                received += connection.recv(65536)
        web.send_signal(signal.SIGTERM)
        eventually(lambda: not _listens(port))
        connection.sendall(REQUEST)
        response = read_to_end(connection)
        assert response.startswith(b"HTTP/1.1 200")
        assert b"connection: close\r\n" in response
        assert web.wait(10) == 0


@pytest.mark.parametrize("keepalive", ["", "keepalive 16;"], ids=["a connection per request", "kept alive"])
@pytest.mark.skipif(NGINX is None, reason="nginx is not on this machine")
def test_two_web_processes_restart_behind_nginx_without_a_failed_request(
    cast: Cast, tmp_path: Path, keepalive: str
) -> None:
    Integration.update(rate_limit=10**9).execute()
    ports, port = [free_port(), free_port()], free_port()
    settings = {"WTH_TRUSTED_PROXIES": "127.0.0.1"}
    (tmp_path / "nginx.conf").write_text(
        NGINX_CONFIG.format(folder=tmp_path, first=ports[0], second=ports[1], port=port, keepalive=keepalive)
    )
    with ExitStack() as stack:
        webs = [stack.enter_context(serving("web", port=each, **settings))[0] for each in ports]
        stack.enter_context(_running_nginx(tmp_path / "nginx.conf", port))
        with _shopping(cast, port) as statuses:
            for index in (0, 1):
                webs[index].send_signal(signal.SIGTERM)
                assert webs[index].wait(15) == 0
                webs[index], _ = stack.enter_context(serving("web", port=ports[index], **settings))
                time.sleep(0.5)  # under load
        assert set(statuses) == {200, 201}
        assert min(statuses.values()) > 50


@contextmanager
def _running_nginx(conf: Path, port: int) -> Iterator[None]:
    assert NGINX is not None
    process = subprocess.Popen([NGINX, "-c", str(conf)])
    try:
        eventually(lambda: _listens(port))
        yield
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def _shopping(cast: Cast, port: int) -> Iterator[Counter[int]]:
    """Send reads and writes in threads during the block, and count their statuses; 0 is a failed connection."""
    statuses: Counter[int] = Counter()
    is_over = threading.Event()

    def shop() -> None:
        client = Client(f"http://127.0.0.1:{port}/api/v1", cast.owner.test_key)
        while not is_over.is_set():
            try:
                statuses[client.get("/health").status_code] += 1
                statuses[client.post("/customers", {"email": f"{uuid.uuid4().hex}@shop.example"}).status_code] += 1
            except requests.ConnectionError:
                statuses[0] += 1

    threads = [threading.Thread(target=shop) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield statuses
    finally:
        is_over.set()
        for thread in threads:
            thread.join(30)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
