"""Guard for a queue storage that may be unavailable.

It keeps the log short, and calls from waiting for the storage again and again.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from models.outages import CircuitBreaker, OutageLog

READ_SECONDS = 1.0  # a blocking read of an empty queue
SKIP_SECONDS = 2.0

outage = OutageLog(logging.getLogger("wth.queue"), "Queue", "the sweep will send what is due.")
breaker = CircuitBreaker(SKIP_SECONDS)


class QueueUnavailable(Exception):  # noqa: N818 - a state that callers expect
    """The queue is unavailable, and nothing was enqueued; the outage is logged."""

    def __init__(self, reason: object = "it failed a moment ago") -> None:
        super().__init__(f"The queue is unavailable: {reason}")


def _is_unexpected(record: logging.LogRecord) -> bool:
    """Drop what huey logs about an outage, which is logged here."""
    return not (record.exc_info and isinstance(record.exc_info[1], QueueUnavailable))


logging.getLogger("huey.consumer.Scheduler").addFilter(_is_unexpected)


class GuardedStorage:
    """Mixin before a huey storage; `errors` are those of the storage's library.

    After a failed call, calls fail at once for SKIP_SECONDS, except one that probes. huey would log each failed read
    of each thread with its traceback.
    """

    errors: tuple[type[Exception], ...]

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Enqueue a message. Raises QueueUnavailable."""
        with self._guarded():
            super().enqueue(data, priority)  # type: ignore[misc] # the next class is a huey storage

    def queue_size(self) -> int:
        """Count the messages. Raises QueueUnavailable."""
        with self._guarded():
            return int(super().queue_size())  # type: ignore[misc] # as above

    def dequeue(self) -> bytes | None:
        """Take a message; waits a second for one, also while the storage is unavailable."""
        started_at = time.monotonic()
        try:
            message: bytes | None = super().dequeue()  # type: ignore[misc] # as above
        except self.errors as error:
            outage.record_failure(error)
            time.sleep(max(0.0, READ_SECONDS - (time.monotonic() - started_at)))
            return None
        _record_success()
        return message

    def read_schedule(self, ts: Any) -> list[bytes]:
        """Take the scheduled messages that are due.

        There are none while the storage is unavailable.
        """
        try:
            with self._guarded():
                return list(super().read_schedule(ts))  # type: ignore[misc] # as above
        except QueueUnavailable:
            return []

    def peek_many(self, keys: list[str]) -> dict[str, bytes]:
        """Find no revocation.

        The hub never revokes a task. huey looks for it before each task, and deletes it afterwards.
        """
        return {}

    def delete_data(self, key: str) -> bool:
        """Delete no revocation, because there is none."""
        return False

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        if not breaker.allows():
            raise QueueUnavailable
        try:
            yield
        except self.errors as error:
            breaker.open()
            outage.record_failure(error)
            raise QueueUnavailable(error) from error
        _record_success()


def _record_success() -> None:
    breaker.close()
    outage.record_success()
