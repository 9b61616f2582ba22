"""A response as it arrived, for operations that this version of the package does not know."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from watchtraderhub.errors import build_error
from watchtraderhub.retries import parse_retry_after


@dataclass(frozen=True)
class RawResponse:
    """Status, body and `Retry-After` header of a response."""

    status: int
    body: bytes
    retry_after: str | None = None

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def parse(self) -> Any:
        """Return the JSON document of a success. Raises StatusError for any other response."""
        try:
            document = json.loads(self.body)
        except ValueError:
            document = None
        if self.is_success and document is not None:
            return document
        raise build_error(self.status, document, parse_retry_after(self.retry_after))
