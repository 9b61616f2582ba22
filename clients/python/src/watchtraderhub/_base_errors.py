"""Base classes of all exceptions, and the fields of an error that the hub sent."""

from __future__ import annotations

from typing import Any


class WatchTraderHubError(Exception):
    """Base class of all exceptions of this package."""


class ApiConnectionError(WatchTraderHubError):
    """No response arrived: a failed connection, a timeout, or a response that was cut off."""


class StatusError(WatchTraderHubError):
    """The hub responded with an error; its class follows from `code`, else from `type`.

    `code` and `type` are None if something else than the hub responded, such as a proxy. `status` is the HTTP status.
    `retry_after` is the `Retry-After` header in seconds, None without one.
    """

    def __init__(self, status: int, detail: dict[str, Any], retry_after: float | None = None) -> None:
        self.status = status
        self.type: str | None = detail.get("type")
        self.code: str | None = detail.get("code")
        self.message = str(detail.get("message") or "The response is not an error of the hub. Check the base URL.")
        self.param: str | None = detail.get("param")
        self.request_id: str | None = detail.get("request_id")
        self.doc_url: str | None = detail.get("doc_url")
        self.retry_after = retry_after
        super().__init__(f"{status} {self.code or 'without a code'}: {self.message}")

    def __reduce__(self) -> tuple[Any, ...]:
        detail = {name: getattr(self, name) for name in ("type", "code", "message", "param", "request_id", "doc_url")}
        return type(self), (self.status, detail, self.retry_after)
