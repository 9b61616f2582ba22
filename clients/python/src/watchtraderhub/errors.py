"""Typed errors: one exception for each `type` and each `code` of the hub's error catalogue."""

from __future__ import annotations

from typing import Any

from watchtraderhub._base_errors import ApiConnectionError, StatusError, WatchTraderHubError
from watchtraderhub._error_classes import *  # noqa: F403 - the generated classes are the contents of this module
from watchtraderhub._error_classes import ERRORS_BY_CODE, ERRORS_BY_TYPE
from watchtraderhub._error_classes import __all__ as _generated

__all__ = ["ApiConnectionError", "StatusError", "WatchTraderHubError", "build_error", *_generated]


def build_error(status: int, body: Any, retry_after: float | None = None) -> StatusError:
    """Build the exception of a response: by its code, else by its type, else a `StatusError`."""
    error = body.get("error") if isinstance(body, dict) else None
    detail: dict[str, Any] = error if isinstance(error, dict) else {}
    by_type = ERRORS_BY_TYPE.get(str(detail.get("type")), StatusError)
    return ERRORS_BY_CODE.get(str(detail.get("code")), by_type)(status, detail, retry_after)
