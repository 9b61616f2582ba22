"""A minimal receiver in a process of its own. `python -m bench.receiver PORT`

It responds to every POST with 200, except to /error, which gets 500, to /silent, which gets no response, and to /slow,
which gets its 200 after 14 s. `GET /` returns the requests since the last call as JSON: `[[unix seconds, path, event
id], …]`.
"""

import asyncio
import json
import sys
import time
from typing import cast

import uvloop

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
ERROR = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
SLOW_SECONDS = 14

received: list[tuple[float, bytes]] = []


class Connection(asyncio.Protocol):
    """One connection of a worker."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.buffer = b""

    def data_received(self, piece: bytes) -> None:
        self.buffer += piece
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            size = end + 4 + _content_length(head)
            if len(self.buffer) < size:
                return
            self.buffer = self.buffer[size:]
            self.handle(head)

    def handle(self, head: bytes) -> None:
        if head.startswith(b"GET"):
            self.report()
            return
        received.append((time.time(), head))
        if head.startswith(b"POST /slow"):
            asyncio.get_running_loop().call_later(SLOW_SECONDS, self.transport.write, OK)
        elif not head.startswith(b"POST /silent"):
            self.transport.write(ERROR if head.startswith(b"POST /error") else OK)

    def report(self) -> None:
        rows = [(at, _path(head), _header(head, b"wth-event-id")) for at, head in received]
        received.clear()
        body = json.dumps(rows).encode()
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def _path(head: bytes) -> str:
    return head.split(b" ", 2)[1].decode()


def _content_length(head: bytes) -> int:
    return int(_header(head, b"content-length") or 0)


def _header(head: bytes, name: bytes) -> str:
    _, _, rest = head.lower().partition(b"\r\n" + name + b":")
    at = len(head) - len(rest)
    return head[at:].partition(b"\r\n")[0].strip().decode() if rest else ""


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
