"""Heartbeat of this worker, and the search for workers that died."""

import logging
import threading
import time
from collections.abc import Callable

from models.base import new_id
from models.database import DatabaseUnavailable, connection
from models.delivery.worker_heartbeat import SilentWorkers, WorkerHeartbeat

INTERVAL_SECONDS = 0.5
DEAD_AFTER_READS = 6  # 3 s
FRESH_SECONDS = 2.0  # less than the time after which others presume this worker dead

log = logging.getLogger("wth.worker")


class Heartbeat:
    """Beats in its own thread, on its own database connection."""

    def __init__(self) -> None:
        self._own_id = new_id("wrk")
        self._beaten_at = 0.0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._silent = SilentWorkers(DEAD_AFTER_READS)

    def start(self, on_death: Callable[[], None]) -> None:
        """Start the thread; it calls `on_death()` after a dead worker's leases expired."""
        self._thread = threading.Thread(target=self._run, args=(on_death,), name="heartbeat", daemon=True)
        self._thread.start()

    @property
    def worker_id(self) -> str | None:
        """The id for claims; None in a process without heartbeats."""
        return None if self._thread is None else self._own_id

    def is_fresh(self) -> bool:
        """Return True while no other worker can presume this one dead.

        Also True in a process without heartbeats, whose leases only expire by themselves.
        """
        return self._thread is None or time.monotonic() - self._beaten_at < FRESH_SECONDS

    def stop(self, *, has_claims: bool) -> None:
        """End the thread.

        Without claims, the worker signs off. Otherwise others find its heartbeat silent.
        """
        self._stopping.set()
        if self._thread is None:
            return
        self._thread.join(INTERVAL_SECONDS * 2)
        if not has_claims:
            try:
                with connection():
                    WorkerHeartbeat.sign_off([self._own_id])
            except DatabaseUnavailable:
                log.warning("Worker could not sign off.", extra={"worker": self._own_id})

    def beat(self, on_death: Callable[[], None]) -> None:
        """Beat once, and expire the leases of workers that have been silent for too long."""
        started_at = time.monotonic()
        heartbeats = WorkerHeartbeat.beat(self._own_id)
        self._beaten_at = started_at
        heartbeats.pop(self._own_id, None)  # another worker may have presumed this one dead just now
        buried = [id_ for id_, count in self._silent.observe(heartbeats).items() if WorkerHeartbeat.bury(id_, count)]
        for worker_id in buried:
            log.warning("Worker is dead; its deliveries are due again.", extra={"worker": worker_id})
        if buried:
            on_death()

    def _run(self, on_death: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                with connection():
                    WorkerHeartbeat.relax_durability()
                    self.beat(on_death)
                    while not self._stopping.wait(INTERVAL_SECONDS):
                        self.beat(on_death)
            except DatabaseUnavailable:
                pass  # the outage is logged already
            except Exception:
                log.exception("Heartbeat failed.")
            self._silent.forget()
            self._stopping.wait(INTERVAL_SECONDS)


heartbeat = Heartbeat()
