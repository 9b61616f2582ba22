"""Baseline: a bare ASGI application that sends the bytes of an API response. `python -m bench.baseline PORT FILE`"""

import pickle
import sys
from pathlib import Path
from typing import Any

import uvicorn

from commands.web_server import web_options


def app(headers: list[tuple[bytes, bytes]], body: bytes) -> Any:
    async def respond(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return respond


if __name__ == "__main__":
    headers, body = pickle.loads(Path(sys.argv[2]).read_bytes())  # noqa: S301 - our own file
    options = {"host": "127.0.0.1", "port": int(sys.argv[1]), **web_options(), "lifespan": "off"}
    uvicorn.run(app(headers, body), **options)
