"""Group commit: writes attempt results in batches.

All results queued during one write form the next batch.
"""

import logging
import random
import threading
from collections.abc import Callable
from queue import SimpleQueue

from models.database import DatabaseUnavailable, connection
from models.delivery import results
from models.delivery.results import AttemptResult
from tasks.queues.guarded import QueueUnavailable

MAX_BATCH = 500
MAX_UNWRITTEN = 200  # several batches at full speed; a crash repeats each of these attempts
MAX_WAIT_SECONDS = 15.0  # shorter than a lease and than a worker's shutdown timeout
PAUSE_SECONDS = 0.5

log = logging.getLogger("wth.deliveries")


class ResultRecorder:
    """Writes results in a dedicated thread, one per worker process.

    Results lost in a crash are harmless: their leases expire and the deliveries are sent again.
    """

    def __init__(self) -> None:
        self._results: SimpleQueue[AttemptResult | None] = SimpleQueue()
        self._rng = random.SystemRandom()
        self._thread: threading.Thread | None = None
        self._is_closing = threading.Event()
        self._unwritten_count = 0
        self._unwritten_changed = threading.Condition()

    def add(self, result: AttemptResult) -> None:
        """Queue a result for the next batch."""
        with self._unwritten_changed:
            self._unwritten_count += 1
        self._results.put(result)

    def wait_for_capacity(self) -> bool:
        """Block until fewer than MAX_UNWRITTEN results are pending (backpressure).

        Returns False after MAX_WAIT_SECONDS. A crash repeats every attempt whose result is pending, so their number is
        limited.
        """
        if self.has_capacity():
            return True
        with self._unwritten_changed:
            return self._unwritten_changed.wait_for(self.has_capacity, MAX_WAIT_SECONDS)

    def has_capacity(self) -> bool:
        """Return True while fewer than MAX_UNWRITTEN results are pending."""
        return self._thread is None or self._unwritten_count < MAX_UNWRITTEN

    def start(self, on_written: Callable[[list[AttemptResult]], None]) -> None:
        """Start the thread. It calls `on_written(batch)` after each write."""
        self._thread = threading.Thread(target=self._run, args=(on_written,), name="recorder", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write the queued results, then end the thread."""
        self._is_closing.set()
        self._results.put(None)
        if self._thread is not None:
            self._thread.join(timeout=15)

    def _run(self, on_written: Callable[[list[AttemptResult]], None]) -> None:
        while (batch := self.take_batch()) is not None:
            self._write_with_retries(batch)
            self._release_capacity(len(batch))
            try:
                on_written(batch)
            except (DatabaseUnavailable, QueueUnavailable):
                continue  # the outage is logged already, and the deliveries wait for the next sweep
            except Exception:
                log.exception("Deliveries wait for the next sweep.")

    def take_batch(self) -> list[AttemptResult] | None:
        """Take all queued results, waiting for at least one; None after `stop`."""
        batch: list[AttemptResult] = []
        result = self._results.get()
        while result is not None:
            batch.append(result)
            if self._results.empty() or len(batch) == MAX_BATCH:
                return batch
            result = self._results.get()
        if batch:
            self._results.put(None)  # return this batch now, None at the next call
        return batch or None

    def has_results(self) -> bool:
        return not self._results.empty()

    def write(self, batch: list[AttemptResult]) -> None:
        """Write one batch in one transaction."""
        with connection():
            results.write_results(batch, self._rng)

    def _release_capacity(self, count: int) -> None:
        with self._unwritten_changed:
            self._unwritten_count -= count
            self._unwritten_changed.notify_all()

    def _write_with_retries(self, batch: list[AttemptResult]) -> None:
        """Write a batch; retry until the database is back.

        The generation check discards results whose lease expired in the meantime. After any other error, write the
        results one by one, so that one bad result does not lose the others.
        """
        while True:
            try:
                self.write(batch)
                return
            except DatabaseUnavailable:  # the outage is logged already
                if self._is_closing.wait(PAUSE_SECONDS):
                    return
            except Exception:
                log.exception("Attempt results could not be written.", extra={"count": len(batch)})
                for result in batch if len(batch) > 1 else ():
                    self._write_with_retries([result])
                return


recorder = ResultRecorder()
