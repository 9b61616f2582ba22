"""Backoff of the poll loop after errors."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from watchtraderhub.mirror.errors import MirrorError

log = logging.getLogger("watchtraderhub.mirror")

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 60.0


class Backoff:
    """Delays that double after each error in a row, and end at once when `stop` is set."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._delay = FIRST_DELAY_SECONDS

    def is_stopped(self) -> bool:
        return self._stop.is_set()

    @contextmanager
    def after_errors(self) -> Iterator[None]:
        """Log an exception of the block and wait. The mirror's own exceptions need a person: they are raised."""
        try:
            yield
        except MirrorError:
            raise
        except Exception:
            log.exception("Polling failed; the next attempt is in %g s.", self._delay)
            self._stop.wait(self._delay)
            self._delay = min(self._delay * 2, LONGEST_DELAY_SECONDS)
        else:
            self._delay = FIRST_DELAY_SECONDS
