"""Web application: sends each path to the API, docs, probes or dashboard."""

import asyncio
import time
from collections.abc import Mapping
from importlib import import_module

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import config
from contract.app import create_api
from contract.client_address import ClientAddressMiddleware
from contract.cross_origin import CrossOriginMiddleware
from contract.rate_limit_storage import open_storage
from contract.rate_limit_windows import WindowStorage
from contract.request_log import RequestLogMiddleware
from contract.request_recorder import RequestRecorder
from dashboard.site import create_site
from docs.site.app import docs_site, is_documentation
from handlers.auth import authorize
from models.delivery import event_waiters
from models.jobs.sandbox_reset import take_started_job
from models.request_log.request_batch import is_installed
from monitoring import probes
from monitoring.hub_checks import create_readiness
from monitoring.request_log import RequestLog
from spec.document import BASE_PATH, read_document
from tasks import background_jobs
from tasks.wake_up import wake_worker
from telemetry import tracing

RESTARTING = "<!doctype html><title>Restarting</title><p>The hub is restarting. Reload this page in a few seconds."


class HubApp:
    """ASGI application that dispatches to the API, docs, probes and dashboard.

    `pages` are applications of single paths, such as probes. On shutdown it closes the connections of the rate-limit
    storage, and lets the recorder write what waits.
    """

    def __init__(
        self,
        *,
        api: ASGIApp,
        docs: ASGIApp,
        pages: Mapping[str, ASGIApp],
        dashboard: ASGIApp,
        rate_limit_storage: WindowStorage,
        recorder: RequestRecorder,
    ) -> None:
        self.api = api
        self.docs = docs
        self.pages = pages
        self.dashboard = dashboard
        self.rate_limit_storage = rate_limit_storage
        self.recorder = recorder
        self.request_log = RequestLog()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._run_lifespan(receive, send)
        elif scope["type"] == "http":
            await self._respond(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        name, app = self._find_app(scope["path"])
        fields, started_at, status = self.request_log.begin(scope, name), time.perf_counter(), 0

        async def send_observed(message: Message) -> None:
            nonlocal status
            status = status or message["status"]  # the first message has it
            await send(message)

        try:
            await app(scope, receive, send_observed)
        except asyncio.CancelledError:  # the server stops, and this page took too long; the API has its own error
            if status:  # the connection closes, so the client notices that the response is incomplete
                raise
            await HTMLResponse(RESTARTING, 503, {"Retry-After": "2"})(scope, receive, send_observed)
        finally:
            self.request_log.end(scope, fields, status, time.perf_counter() - started_at)

    def _find_app(self, path: str) -> tuple[str, ASGIApp]:
        if is_documentation(path):
            return "docs", self.docs
        if path in self.pages:
            return "probes", self.pages[path]
        is_operation = path == BASE_PATH or path.startswith(BASE_PATH + "/")
        return ("api", self.api) if is_operation else ("dashboard", self.dashboard)

    async def _run_lifespan(self, receive: Receive, send: Send) -> None:
        """Run the ASGI lifespan protocol: close the rate-limit storage on shutdown."""
        while True:
            phase = (await receive())["type"]
            is_shutdown = phase == "lifespan.shutdown"
            if is_shutdown:
                await self.rate_limit_storage.close()
                self.request_log.flush()
                await self.recorder.stop()
                await asyncio.to_thread(tracing.stop)
            await send({"type": f"{phase}.complete"})
            if is_shutdown:
                return


def create_app() -> ASGIApp:
    """Build the web application of one process."""
    storage, recorder = open_storage(), RequestRecorder(_count_dropped)
    api: ASGIApp = create_api(read_document(), _after_commit, authorize, storage).middleware
    hub = HubApp(
        api=_observe(RequestLogMiddleware(api, recorder) if is_installed() else api, "api"),
        docs=_observe(docs_site(), "docs"),
        pages=_monitoring_pages(storage),
        dashboard=_observe(create_site(_after_commit, background_jobs.enqueue_job), "dashboard"),
        rate_limit_storage=storage,
        recorder=recorder,
    )
    return ClientAddressMiddleware(CrossOriginMiddleware(hub, _is_public_document), config.TRUSTED_PROXIES)


def _observe(app: ASGIApp, name: str) -> ASGIApp:
    """Measure and trace the requests of an application, if the settings ask for it."""
    if config.has_metrics():
        app = import_module("monitoring.request_metrics").RequestMetricsMiddleware(app, name)
    if tracing.process.tracer is not None and name != "docs":
        app = import_module("monitoring.trace_requests").TraceMiddleware(app, tracing.process.tracer)
    return app


def _monitoring_pages(storage: WindowStorage) -> dict[str, ASGIApp]:
    """Return the probes, and the metrics if a token protects them."""
    pages = dict.fromkeys(probes.PATHS, probes.create_probes(create_readiness(storage)))
    if config.METRICS_TOKEN:
        pages["/metrics"] = import_module("monitoring.metrics_page").create_page()
    return pages


def _is_public_document(path: str) -> bool:
    return is_documentation(path) or path == f"{BASE_PATH}/openapi.json"


def _count_dropped(count: int) -> None:
    if config.has_metrics():
        import_module("monitoring.instruments").unrecorded_requests.inc(count)


def _after_commit(dealer_id: str) -> None:
    event_waiters.notify(dealer_id)
    wake_worker(dealer_id)
    if job_id := take_started_job(dealer_id):
        background_jobs.enqueue_job(job_id)
