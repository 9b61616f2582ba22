"""One log line per request, at its end.

It has the operation, or the path as the route declares it: never the query string, a header or a value of the path,
because any of them may hold a secret.
"""

import asyncio
import time
from contextvars import Context

from starlette.types import Scope

import config
from contract.errors import find_error_code
from contract.request_id import new_request_id
from monitoring.log_batch import Line, write_batch
from telemetry import log_context
from telemetry.log_context import LogFields

CLIENT_LEFT = 499  # as in nginx's log
PROBE = "getHealth"  # load balancers call it all the time
STATIC = "/static/"
FLUSH_SECONDS = 0.05
MAX_WAITING = 500


class RequestLog:
    """Log of the requests of one web process, written in batches."""

    def __init__(self) -> None:
        self._is_written = config.logs("info")
        self._has_quiet_lines = config.logs("debug")
        self._waiting: list[Line] = []

    def begin(self, scope: Scope, application: str) -> LogFields:
        """Give a request its ID and its log context, and return the context.

        `application` is `api`, `dashboard`, `docs` or `probes`. The context ends with the task of the request.
        """
        request_id = scope.setdefault("state", {})["request_id"] = new_request_id()
        fields: LogFields = {"app": application, "method": scope["method"], "request_id": request_id}
        log_context.begin(fields)
        return fields

    def end(self, scope: Scope, fields: LogFields, status: int, seconds: float) -> None:
        """Log a request within FLUSH_SECONDS, unless it is for a probe or a file.

        `fields` is its context. `status` is 0 if there is no response.
        """
        if not self._is_written or (_is_quiet(scope, fields) and not self._has_quiet_lines):
            return
        del fields["request_id"]
        fields["status"] = status or CLIENT_LEFT
        fields["ms"] = int(seconds * 10_000) / 10
        if fields["app"] == "dashboard":
            fields["path"] = getattr(scope.get("route"), "path", None)
        elif status >= 400:
            fields["error"] = find_error_code(scope)
        # last, where it does not hide the rest; a replayed response has the ID of the first request
        fields["request_id"] = scope["state"]["request_id"]
        self._waiting.append((time.time(), "Request finished.", fields))
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush, context=Context())
        elif len(self._waiting) >= MAX_WAITING:
            self.flush()

    def flush(self) -> None:
        """Write the lines of the requests that have ended."""
        waiting, self._waiting = self._waiting, []
        write_batch("wth.requests", waiting)


def _is_quiet(scope: Scope, fields: LogFields) -> bool:
    application = fields["app"]
    if application == "api":
        return fields.get("operation") == PROBE
    return application != "dashboard" or scope["path"].startswith(STATIC)
