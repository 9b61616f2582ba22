"""Load generator: requests over persistent connections."""

import asyncio
from collections.abc import Iterable, Iterator
from itertools import repeat


def send_requests(port: int, request: bytes, *, count: int, connections: int = 16) -> None:
    """Send `count` requests in total; every response must have status 200."""
    send_each(port, repeat(request, count), connections=connections)


def send_each(port: int, requests: Iterable[bytes], *, status: int = 200, connections: int = 16) -> None:
    """Send each request once, the next one on whichever connection is free; every response must have `status`."""
    asyncio.run(_send_all(port, iter(requests), b"HTTP/1.1 %d" % status, connections))


async def _send_all(port: int, requests: Iterator[bytes], start: bytes, connections: int) -> None:
    await asyncio.gather(*(_send_over_connection(port, requests, start) for _ in range(connections)))


async def _send_over_connection(port: int, requests: Iterator[bytes], start: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(start), head
        await reader.readexactly(_content_length(head))
    writer.close()
    await writer.wait_closed()


def _content_length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])
