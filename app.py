"""The web application: the API under its base path, the documentation and the dashboard beside it."""

from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from contract.app import create_api
from contract.rate_limit_storage import close_storage, open_storage
from dashboard.site import create_site
from docs.site.app import docs_site, is_documentation
from handlers.auth import authorize
from spec.document import BASE_PATH, read_document
from tasks import background_jobs
from tasks.wake_up import wake_worker


class HubApp:
    """Sends a request to the API, the documentation or the site, by its path."""

    def __init__(self, the_api: ASGIApp, the_docs: ASGIApp, the_site: ASGIApp, the_counters: Any) -> None:
        self.counters = the_counters
        self.api = the_api
        self.docs = the_docs
        self.site = the_site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._door(scope["path"])(scope, receive, send)

    def _door(self, path: str) -> ASGIApp:
        if path == BASE_PATH or path.startswith(BASE_PATH + "/"):
            return self.api
        return self.docs if is_documentation(path) else self.site

    async def _live(self, receive: Receive, send: Send) -> None:
        """ASGI lifespan: at the end connections to the counters are closed."""
        while True:
            phase = (await receive())["type"]
            if phase == "lifespan.shutdown":
                await close_storage(self.counters)
            await send({"type": f"{phase}.complete"})
            if phase == "lifespan.shutdown":
                return


def create_app() -> HubApp:
    shared = open_storage()
    return HubApp(
        create_api(read_document(), wake_worker, authorize, shared).middleware,
        docs_site(),
        create_site(wake_worker, background_jobs.enqueue_job),
        shared,
    )
