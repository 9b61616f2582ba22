"""The web application: the API under its base path, the site beside it."""

from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from contract.serving import api
from handlers.auth import admit
from spec.document import BASE_PATH
from tasks.bell import ring


class Hub:
    """Sends a request to the API or to the site, by its path."""

    def __init__(self, the_api: ASGIApp, site: ASGIApp) -> None:
        self.api = the_api
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        is_api = scope["type"] == "http" and (path == BASE_PATH or path.startswith(BASE_PATH + "/"))
        await (self.api if is_api else self.site)(scope, receive, send)


def create_app() -> Any:
    from starlette.applications import Starlette

    return Hub(api(ring, admit).middleware, Starlette())
