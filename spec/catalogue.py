"""Error catalogue: type and HTTP status of each code, and the ErrorDetail object."""

from functools import lru_cache
from typing import Any, cast

import config
from errors import Refusal
from spec import types
from spec.document import read_document


def status_of(code: str) -> int:
    status: int = _codes()["x-http-status"][code]
    return status


def type_of(code: str) -> types.ErrorType:
    error_type: types.ErrorType = _codes()["x-error-type"][code]
    return error_type


def error_detail(refusal: Refusal, request_id: str | None) -> types.ErrorDetail:
    """Render an ErrorDetail; `doc_url` links to the code in the error reference."""
    return {
        "type": type_of(refusal.code),
        "code": cast("types.ErrorCode", refusal.code),
        "message": refusal.message,
        "doc_url": f"{config.PUBLIC_URL}/docs/api/errors#{refusal.code}",
        "request_id": request_id or "",
        "param": refusal.param,
    }


@lru_cache(1)
def _codes() -> dict[str, Any]:
    codes: dict[str, Any] = read_document()["components"]["schemas"]["ErrorCode"]
    return codes
