"""Smoke test: follows the README on a fresh hub and prints each step (list, order, signed event, delivery log)."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import requests

ROOT = Path(__file__).parent.parent
WTH = [sys.executable, str(ROOT / "cli.py")]
START_TIMEOUT_SECONDS, STEP_TIMEOUT_SECONDS = 60, 20


class Smoke:
    """A hub with demo data in a new folder, and a client with the demo's test key."""

    def __init__(self, folder: Path, port: int) -> None:
        self.environment = {**os.environ, "WTH_DATA_DIR": str(folder)}
        self.site, self.receiver = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"
        self.hub = subprocess.Popen([*WTH, "serve", "--demo", "--port", str(port)], env=self.environment)
        _wait_until(lambda: self._is_up(f"{self.site}/api/v1/health"), START_TIMEOUT_SECONDS, "the hub responds")
        _wait_until(lambda: self._is_up(self.receiver), START_TIMEOUT_SECONDS, "the receiver responds")
        self.key = orjson.loads((folder / "demo.json").read_bytes())["test_key"]

    def _is_up(self, url: str) -> bool:
        try:
            return requests.get(url, timeout=2).ok
        except requests.ConnectionError:
            return False

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": uuid.uuid4().hex}
        response = requests.request(method, f"{self.site}/api/v1{path}", json=body, headers=headers, timeout=10)
        response.raise_for_status()
        return response.json()

    def run(self) -> None:
        """List, order and ping; then look for the order's event in the receiver and in the delivery log."""
        listing = self.call("GET", "/listings?status=in_stock&limit=1")["data"][0]
        _print(f"listed   {listing['title']} at EUR {listing['asking_price_eur']}")
        customer = {"email": "smoke@shop.example"}
        order = self.call("POST", "/orders", {"items": [{"listing_id": listing["id"]}], "customer": customer})
        _print(f"ordered  {order['id']} for EUR {order['total_eur']}")
        self.call("POST", "/test/webhook_ping")
        event = self.call("GET", f"/events?type=order.received&resource_id={order['id']}")["data"][0]
        _wait_until(
            lambda: self._was_received(event["id"]),
            STEP_TIMEOUT_SECONDS,
            "the receiver has the event with a valid signature",
        )
        _wait_until(lambda: self._log_shows_success(event["id"]), STEP_TIMEOUT_SECONDS, "the delivery log shows 200")

    def _was_received(self, event_id: str) -> bool:
        received = requests.get(self.receiver, timeout=5).json()["data"]
        return any(row["event_id"] == event_id and row["is_valid"] for row in received)

    def _log_shows_success(self, event_id: str) -> bool:
        [delivery] = self.call("GET", f"/events/{event_id}")["deliveries"]
        command = [*WTH, "deliveries", "show", delivery["id"], "--json"]
        shown = orjson.loads(subprocess.run(command, env=self.environment, capture_output=True, check=True).stdout)
        return bool(shown["state"] == "succeeded" and shown["last_status"] == 200)

    def stop(self) -> None:
        self.hub.send_signal(signal.SIGINT)
        self.hub.wait(40)


def _wait_until(condition: Callable[[], bool], timeout_seconds: float, description: str) -> None:
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"FAILED: still not true after {timeout_seconds} s: {description}.")
        time.sleep(0.1)
    _print(f"ok       {description}")


def _print(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="wth-smoke-"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    smoke = Smoke(folder, port)
    try:
        smoke.run()
    finally:
        smoke.stop()
        shutil.rmtree(folder, ignore_errors=True)
    _print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
