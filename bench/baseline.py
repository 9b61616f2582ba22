"""Floor: a bare ASGI application that sends the bytes of API responses. `python -m bench.baseline PORT FILE`"""

import pickle
import sys
from pathlib import Path
from typing import Any

import uvicorn

from commands.web_server import web_options

Responses = dict[str, tuple[int, list[tuple[bytes, bytes]], bytes]]  # status, headers and body by path and query


def app(responses: Responses) -> Any:
    async def respond(scope: Any, _receive: Any, send: Any) -> None:
        target = f"{scope['path']}?{scope['query_string'].decode()}".removesuffix("?")
        status, headers, body = responses.get(target, (404, [], b""))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return respond


if __name__ == "__main__":
    recorded: Responses = pickle.loads(Path(sys.argv[2]).read_bytes())  # noqa: S301 - our own file
    options = {"host": "127.0.0.1", "port": int(sys.argv[1]), **web_options(), "lifespan": "off"}
    uvicorn.run(app(recorded), **options)
