"""`/metrics` on the web server's own port, for requests with WTH_METRICS_TOKEN."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from monitoring.exposition import CHALLENGE, PATH, is_authorized, render

_thread = ThreadPoolExecutor(1, "metrics")  # one, which has one database connection


def create_page() -> ASGIApp:
    """Create the application of the path."""
    return Starlette(routes=[Route(PATH, _show)])


async def _show(request: Request) -> Response:
    if not is_authorized(request.headers.get("Authorization", "")):
        return Response("Send the token of WTH_METRICS_TOKEN.\n", 401, {"WWW-Authenticate": CHALLENGE})
    accept = request.headers.get("Accept", "")
    text, media_type = await asyncio.get_running_loop().run_in_executor(_thread, render, accept)
    return Response(text, headers={"Content-Type": media_type, "Cache-Control": "no-store"})
