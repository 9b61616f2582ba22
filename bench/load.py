"""A small load generator: one request again and again over kept-alive sockets."""

import asyncio


def fire(port: int, request: bytes, *, count: int, connections: int = 16) -> None:
    """`count` requests in all; every answer must be a 200."""
    asyncio.run(_fire(port, request, count // connections, connections))


async def _fire(port: int, request: bytes, each: int, connections: int) -> None:
    await asyncio.gather(*(_one_connection(port, request, each) for _ in range(connections)))


async def _one_connection(port: int, request: bytes, count: int) -> None:
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
