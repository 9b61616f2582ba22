"""Repeated calls: a model that calls a tool again, for example after a timeout, must not order twice.

The Idempotency-Key is derived from the session and the arguments, so the hub replays the response of a call that it has
executed. A call that the hub rejected gets a new key, because it stores rejections too.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any, Callable

from watchtraderhub.errors import StatusError


class RepeatedCalls:
    """Idempotency-Keys of one session. It is used by one thread at a time."""

    def __init__(self) -> None:
        self._session = uuid.uuid4().hex
        self._finished: Counter[str] = Counter()
        self._results: dict[str, str] = {}

    def find_result(self, name: str, arguments: Mapping[str, Any]) -> str | None:
        """Return the ID that an equal call has created in this session; None before."""
        return self._results.get(_fingerprint(name, arguments))

    def run(self, name: str, arguments: Mapping[str, Any], send: Callable[[str], Any]) -> Any:
        """Call `send` with the key of this call and return its result, which has an `id`.

        An equal call gets the same key until the hub has rejected it.
        """
        fingerprint = _fingerprint(name, arguments)
        try:
            result = send(self._key(fingerprint))
        except StatusError as error:
            if 400 <= error.status < 500:  # otherwise the hub may have executed it
                self._finished[fingerprint] += 1
            raise
        self._results[fingerprint] = result["id"]
        return result

    def forget(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Give the next equal call a new key, because the effect of the earlier one has ended."""
        fingerprint = _fingerprint(name, arguments)
        self._results.pop(fingerprint, None)
        self._finished[fingerprint] += 1

    def _key(self, fingerprint: str) -> str:
        text = f"{self._session} {fingerprint} {self._finished[fingerprint]}"
        return "mcp-" + hashlib.sha256(text.encode()).hexdigest()


def _fingerprint(name: str, arguments: Mapping[str, Any]) -> str:
    return f"{name} {json.dumps(arguments, sort_keys=True)}"
