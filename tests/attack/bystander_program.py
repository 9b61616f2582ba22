"""The bystander's shop, as a process of its own: requests at fixed times, and a webhook receiver.

It reads its shop as JSON from the command line. After `Ready` on stdout it repeats its requests until a line arrives on
stdin, then prints what it measured as JSON. Requests start on schedule even while earlier ones are pending, so that a
server that stops responding is measured in full.
"""

import asyncio
import json
import sys
import time
import uuid
from collections.abc import Callable, Coroutine
from contextlib import suppress
from itertools import count, cycle
from typing import Any

from tests.attack.raw_http import request

TIMEOUT_SECONDS = 10.0
LATE_SECONDS = 10.0  # how long it waits for deliveries at the end

Event = tuple[str, str]  # its type, and the order that it is about


class Measurement:
    """Its requests as (kind, status, milliseconds), and when the response to each write and its event arrived."""

    def __init__(self, shop: dict[str, Any]) -> None:
        self.shop = shop
        self.requests: list[tuple[str, int, float]] = []
        self.committed: dict[Event, float] = {}
        self.arrived: dict[Event, float] = {}
        self.pending: set[asyncio.Task[Any]] = set()

    async def run(self) -> None:
        receiver = await asyncio.start_server(self._receive, "127.0.0.1", self.shop["receiver_port"])
        rates = {self._read: 8, self._show_page: 4, self._order: 4}  # a second
        for send in rates:
            await send("warm-up")
        await self._wait_for_deliveries()  # the worker starts later than the web process
        self.requests, self.committed, self.arrived = [], {}, {}
        print("Ready", flush=True)
        stop = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
        await asyncio.gather(*(self._repeat(send, rate, stop) for send, rate in rates.items()))
        await asyncio.gather(*self.pending)
        await self._wait_for_deliveries()
        receiver.close()

    async def _repeat(
        self, send: Callable[[str], Coroutine[Any, Any, None]], a_second: int, stop: asyncio.Task[str]
    ) -> None:
        started_at = time.monotonic()
        for number in count():
            await asyncio.sleep(max(0.0, started_at + number / a_second - time.monotonic()))
            if stop.done():
                return
            task = asyncio.create_task(send(send.__name__.strip("_")))
            self.pending.add(task)
            task.add_done_callback(self.pending.discard)

    async def _read(self, kind: str) -> None:
        await self._send(kind, "GET", "/api/v1/listings?limit=10", self._key())

    async def _show_page(self, kind: str) -> None:
        await self._send(kind, "GET", "/orders", [("Cookie", self.shop["cookie"])])

    async def _order(self, kind: str) -> None:
        """Order a watch that the bystander has, and cancel the order, which puts the watch back in stock."""
        watch = next(self.shop["watches"])
        items = {"items": [{"listing_id": watch}], "customer": {"email": "buyer@shop.example"}}
        order = await self._write(kind, "/api/v1/orders", items)
        if order is not None:
            self.committed["order.received", order] = time.monotonic()
            if await self._write(kind, f"/api/v1/orders/{order}/cancel", {}) is not None:
                self.committed["order.cancelled", order] = time.monotonic()

    async def _write(self, kind: str, path: str, body: dict[str, Any]) -> str | None:
        """Send a write. Returns the id of the order in a successful response."""
        headers = [*self._key(), ("Content-Type", "application/json"), ("Idempotency-Key", uuid.uuid4().hex)]
        response = await self._send(kind, "POST", path, headers, json.dumps(body).encode())
        return None if response is None else str(json.loads(response.partition(b"\r\n\r\n")[2])["id"])

    async def _send(
        self, kind: str, method: str, path: str, headers: list[tuple[str, str]], body: bytes = b""
    ) -> bytes | None:
        started_at = time.monotonic()
        response = b""
        with suppress(OSError, asyncio.TimeoutError):
            async with asyncio.timeout(TIMEOUT_SECONDS):
                response = await self._exchange(request(method, path, headers, body))
        status = int(response[9:12]) if response.startswith(b"HTTP/1.1 ") else 0
        self.requests.append((kind, status, (time.monotonic() - started_at) * 1000))
        return response if status in (200, 201) else None

    async def _exchange(self, sent: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.shop["port"], local_addr=(self.shop["address"], 0)
        )
        try:
            writer.write(sent)
            return await reader.read(-1)
        finally:
            writer.close()

    def _key(self) -> list[tuple[str, str]]:
        return [("Authorization", f"Bearer {self.shop['key']}")]

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):  # cancelled at the end
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = int(head.lower().partition("content-length:")[2].partition("\r\n")[0])
                event = json.loads(await reader.readexactly(length))
                self.arrived.setdefault((event["event"], event["data"]["id"]), time.monotonic())
                await asyncio.sleep(self.shop["receiver_seconds"])
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async def _wait_for_deliveries(self) -> None:
        deadline = time.monotonic() + LATE_SECONDS
        while self.shop["has_endpoint"] and self.committed.keys() - self.arrived.keys() and time.monotonic() < deadline:
            await asyncio.sleep(0.05)

    def report(self) -> dict[str, Any]:
        """The measurement, with a delay in ms for each delivery. Those that are missing have the delay -1."""
        delays = [
            max(0.0, (self.arrived[event] - at) * 1000) if event in self.arrived else -1.0
            for event, at in (self.committed.items() if self.shop["has_endpoint"] else ())
        ]
        return {"requests": self.requests, "delays": delays}


def main() -> None:
    shop = json.loads(sys.argv[1])
    shop["watches"] = cycle(shop["watches"])
    measurement = Measurement(shop)
    asyncio.run(measurement.run())
    print(json.dumps(measurement.report()), flush=True)


if __name__ == "__main__":
    main()
