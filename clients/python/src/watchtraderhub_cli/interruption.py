"""Ctrl-C and SIGTERM, which wait for the request to the handler that is on its way."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Interruption:
    """Raises KeyboardInterrupt for SIGINT and SIGTERM; inside `deferred`, at its end or for the second signal."""

    def __init__(self) -> None:
        self._is_deferred = False
        self._is_requested = False
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> Interruption:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Complete the block before the first interruption, so that its result is known."""
        self._is_deferred = True
        try:
            yield
        finally:
            self._is_deferred = False
        if self._is_requested:
            raise KeyboardInterrupt

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self._is_deferred or self._is_requested:
            raise KeyboardInterrupt
        self._is_requested = True
