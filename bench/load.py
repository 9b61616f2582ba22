"""Load generator: one request, repeated over persistent connections."""

import asyncio


def send_requests(port: int, request: bytes, *, count: int, connections: int = 16) -> None:
    """Send `count` requests in total; every response must have status 200."""
    asyncio.run(_send_all(port, request, count // connections, connections))


async def _send_all(port: int, request: bytes, per_connection: int, connections: int) -> None:
    await asyncio.gather(*(_send_over_connection(port, request, per_connection) for _ in range(connections)))


async def _send_over_connection(port: int, request: bytes, count: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    for _ in range(count):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        await reader.readexactly(_content_length(head))
    writer.close()
    await writer.wait_closed()


def _content_length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])
