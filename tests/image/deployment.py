"""A deployment by compose.yaml (`WTH_TEST_COMPOSE`), run with the commands of the documentation."""

import json
import os
import secrets
import shlex
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

import config
from tests.dashboard.browser import PASSWORD
from tests.docs.reading import blocks
from tests.image.container import ENGINE
from tests.journeys.processes import eventually

COMPOSE = shlex.split(os.environ.get("WTH_TEST_COMPOSE", f"{ENGINE} compose"))
SITE = "https://localhost"
EMAIL = "anna@lindner.example"
# A receiver beside the hub, and the permission to send to it: the hub rejects private addresses otherwise.
OVERRIDE = """
x-private: &private {environment: {WTH_ALLOW_PRIVATE_WEBHOOKS: "1"}}
services:
  migrate: *private
  web-1: *private
  web-2: *private
  worker: *private
  receiver:
    image: watchtraderhub
    pull_policy: never
    networks: [hub]
    entrypoint: [python, -u, -c, RECEIVER]
    stop_grace_period: 1s
    healthcheck: {disable: true}
"""
RECEIVER = """
import http.server, json
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length'])).decode()
        print(json.dumps({'signature': self.headers['WTH-Signature'], 'body': body}))
        self.send_response(200)
        self.end_headers()
    def log_message(self, *arguments):
        pass
http.server.ThreadingHTTPServer(('', 9000), Handler).serve_forever()
"""


def list_commands(first: str) -> list[str]:
    """List the lines of the documented block whose first line begins with `first`."""
    [text] = [block.text for block in blocks("self-hosting", "bash") if block.text.startswith(first)]
    return [line.partition("   ")[0] for line in text.splitlines()]


class Deployment:
    """A project of Compose with secrets and volumes of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        override = folder / "override.yaml"
        override.write_text(OVERRIDE.replace("RECEIVER", json.dumps(RECEIVER)))
        self.environment = {
            **os.environ,
            "COMPOSE_PROJECT_NAME": f"wth-test-{secrets.token_hex(4)}",
            "COMPOSE_FILE": f"{config.ROOT / 'compose.yaml'}:{override}",
            "HUB_DOMAIN": "localhost",
            "POSTGRES_PASSWORD": secrets.token_hex(24),
            "WTH_SECRET_KEY": secrets.token_hex(32),
        }
        self.http = requests.Session()
        self.http.trust_env = False

    def run(self, line: str) -> str:
        """Run a documented line in a shell, with the program of this machine instead of `docker compose`."""
        line = line.replace("docker compose", shlex.join(COMPOSE)).replace("hub.backup", f"{self.folder}/hub.backup")
        options: dict[str, Any] = {"cwd": config.ROOT, "env": self.environment, "timeout": 900}
        ended: subprocess.CompletedProcess[str] = subprocess.run(
            ["/bin/sh", "-c", line], capture_output=True, text=True, **options
        )
        assert ended.returncode == 0, f"{line}\n{ended.stdout}{ended.stderr}"
        return ended.stdout

    def start(self) -> None:
        self.run("docker compose up --detach --build")
        self.wait_until_ready()

    def wth(self, *arguments: str) -> Any:
        """Run a command of the hub in the worker's container, and return the document that it prints."""
        return json.loads(self.run(f"docker compose exec -T worker wth {shlex.join(arguments)} --json"))

    def create_dealer(self) -> None:
        """Create a dealer with an API key, which all requests then carry."""
        owner = ("--email", EMAIL, "--password", PASSWORD)
        self.wth("dealer", "create", "--name", "Lindner", *owner, "--country", "DE")
        key = self.wth("key", "create", "--dealer", EMAIL, "--mode", "test")["key"]
        self.http.headers["Authorization"] = f"Bearer {key}"

    def call(self, method: str, path: str, **fields: Any) -> Any:
        """Call an operation, and return the document of its response."""
        headers = {"Idempotency-Key": secrets.token_hex(8)} if method == "POST" else {}
        response = self.http.request(method, f"{SITE}/api/v1{path}", json=fields or None, headers=headers, timeout=60)
        assert response.ok, response.text
        return response.json()

    def order_a_watch(self) -> str:
        """Order the first watch of the sandbox that is for sale, and return the order's ID."""
        [listing] = self.call("GET", "/listings?status=in_stock&limit=1")["data"]
        customer = {"email": "ada@example.com"}
        return str(self.call("POST", "/orders", items=[{"listing_id": listing["id"]}], customer=customer)["id"])

    def list_received(self) -> list[dict[str, str]]:
        """List the requests that the receiver has printed."""
        lines = self.run("docker compose logs --no-log-prefix receiver").splitlines()
        return [json.loads(line[line.index("{") :]) for line in lines if "{" in line]  # some begin with a control code

    def wait_until_ready(self) -> None:
        eventually(self._is_ready, seconds=120)

    def _is_ready(self) -> bool:
        try:
            self._trust_proxy()
            return self.http.get(f"{SITE}/ready", timeout=60).status_code == 200
        except (requests.ConnectionError, AssertionError):
            return False

    def _trust_proxy(self) -> None:
        """Trust the authority that Caddy made for this deployment, and no other."""
        target = self.folder / "authority.pem"
        target.write_text(self.run("docker compose exec -T proxy cat /data/caddy/pki/authorities/local/root.crt"))
        self.http.verify = str(target)

    @contextmanager
    def requests_meanwhile(self) -> Iterator[list[int]]:
        """Send a request every 50 ms. The list has their statuses when the block ends."""
        statuses: list[int] = []
        ended = tempfile.TemporaryDirectory()

        def send() -> None:
            while Path(ended.name).exists():
                statuses.append(self.http.get(f"{SITE}/api/v1/me", timeout=60).status_code)
                time.sleep(0.05)

        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(send)
            try:
                yield statuses
            finally:
                ended.cleanup()
            sending.result()
