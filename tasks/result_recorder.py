"""Writes what attempts came to: all that piled up during one write goes into the next."""

import logging
import queue
import random
import threading
from collections.abc import Callable

from errors import Refusal
from models.database import connection
from models.delivery import results
from models.delivery.results import AttemptResult

MOST_AT_ONCE = 500
MOST_UNWRITTEN = 200  # several batches at full speed; each would be sent again if the process died
PATIENCE_SECONDS = 15.0  # less than a lease, and than what a worker has for its end
PAUSE_SECONDS = 0.5

log = logging.getLogger("wth.deliveries")


class ResultRecorder:
    """One thread per worker process. Outcomes lost with the process are only sent again, when their leases end."""

    def __init__(self) -> None:
        self._outcomes: queue.SimpleQueue[AttemptResult | None] = queue.SimpleQueue()
        self._dice = random.SystemRandom()
        self._thread: threading.Thread | None = None
        self._is_closing = threading.Event()
        self._unwritten = 0
        self._caught_up = threading.Condition()

    def add(self, result: AttemptResult) -> None:
        with self._caught_up:
            self._unwritten += 1
        self._outcomes.put(result)

    def wait_for_capacity(self) -> bool:
        """Whether one more result will be written soon; waits for it while the database is slow or away. What is
        sent without it would be sent again after a crash."""
        with self._caught_up:
            return self._caught_up.wait_for(self._is_close_behind, PATIENCE_SECONDS)

    def _is_close_behind(self) -> bool:
        return self._thread is None or self._unwritten < MOST_UNWRITTEN

    def start(self, go_on: Callable[[list[AttemptResult]], None]) -> None:
        """`go_on(outcomes)` is called after each write: slots are free, the next of each resource may go."""
        self._thread = threading.Thread(target=self._run, args=(go_on,), name="recorder", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Writes what is there, then ends."""
        self._is_closing.set()
        self._outcomes.put(None)
        if self._thread is not None:
            self._thread.join(timeout=15)

    def _run(self, go_on: Callable[[list[AttemptResult]], None]) -> None:
        while (batch := self.take()) is not None:
            self._write_until_done(batch)
            self._note_done(len(batch))
            try:
                go_on(batch)
            except Refusal as refusal:
                log.warning("What is due waits for the next sweep: %s", refusal.message)
            except Exception:
                log.exception("What is due waits for the next sweep.")

    def take(self) -> list[AttemptResult] | None:
        """All that has arrived, at least one; None at the end."""
        batch: list[AttemptResult] = []
        result = self._outcomes.get()
        while result is not None:
            batch.append(result)
            if self._outcomes.empty() or len(batch) == MOST_AT_ONCE:
                return batch
            result = self._outcomes.get()
        if batch:
            self._outcomes.put(None)  # these first, then the end
        return batch or None

    def has_outcomes(self) -> bool:
        return not self._outcomes.empty()

    def write(self, batch: list[AttemptResult]) -> None:
        with connection():
            results.write_results(batch, self._dice)

    def _note_done(self, count: int) -> None:
        with self._caught_up:
            self._unwritten -= count
            self._caught_up.notify_all()

    def _write_until_done(self, batch: list[AttemptResult]) -> None:
        """A database that is away for a while costs no results: the generation tells if a lease was lost meanwhile.
        A result that cannot be written costs no others.
        """
        while True:
            try:
                self.write(batch)
                return
            except Refusal as refusal:
                log.warning("%d results wait to be written: %s", len(batch), refusal.message)
                if self._is_closing.wait(PAUSE_SECONDS):
                    return
            except Exception:
                log.exception("%d results could not be written.", len(batch))
                for result in batch if len(batch) > 1 else ():
                    self._write_until_done([result])
                return


recorder = ResultRecorder()
