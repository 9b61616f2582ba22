"""Heartbeats of workers: the claims of a dead one are due again in seconds.

Each worker increments the counter of its row. Another worker presumes it dead when it finds the counter unchanged in
several reads. No clocks are compared, so clock skew has no effect. While the database is unavailable, nobody reads.
"""

from collections.abc import Iterable
from typing import NamedTuple

import peewee

import config
from models.base import Row
from models.clock import now
from models.database import db

DECIDED_AFTER_SECONDS = 1.2  # more than two beats
LIVE_SECONDS = 5.0  # after the last rise that was seen

P = db.param
BEAT = f"""
INSERT INTO worker (id, heartbeat) VALUES ({P}, 1) ON CONFLICT (id) DO UPDATE SET heartbeat = worker.heartbeat + 1
"""
READ = "SELECT id, heartbeat FROM worker"
REMOVE = f"DELETE FROM worker WHERE id = {P} AND heartbeat = {P}"
# Claims and results lock endpoints in this order too, so they cannot deadlock with the next statement.
LOCK_ENDPOINTS = f"""
SELECT id FROM endpoint WHERE id IN (
  SELECT endpoint_id FROM delivery WHERE completed_at IS NULL AND state = 'sending' AND worker_id = {P})
ORDER BY id FOR NO KEY UPDATE
"""
# The subquery names every endpoint because the index on leases begins with endpoint_id.
EXPIRE = f"""
UPDATE delivery SET due_at = {P} WHERE completed_at IS NULL AND state = 'sending' AND worker_id = {P}
AND endpoint_id IN (SELECT id FROM endpoint)
"""


class WorkerHeartbeat(Row):
    """A live worker process; `heartbeat` counts up about twice a second."""

    id = peewee.TextField(primary_key=True)
    heartbeat = peewee.BigIntegerField()

    class Meta:
        table_name = "worker"

    @classmethod
    def beat(cls, worker_id: str) -> dict[str, int]:
        """Increment the worker's counter. Returns the counters of all workers by id."""
        db.execute_sql(BEAT, (worker_id,))
        return cls.read()

    @classmethod
    def read(cls) -> dict[str, int]:
        """Return the counters of all workers by id."""
        return dict(db.execute_sql(READ).fetchall())

    @staticmethod
    def relax_durability() -> None:
        """On SQLite, let this thread's connection commit without waiting for the disk.

        A heartbeat that is lost in a power cut is worth nothing.
        """
        if config.is_sqlite():
            db.execute_sql("PRAGMA synchronous = normal")

    @classmethod
    def bury(cls, worker_id: str, heartbeat: int) -> bool:
        """Expire the leases of a worker whose counter is still `heartbeat`.

        Returns False if it has beaten since, or another worker was faster.
        """
        with db.atomic():
            is_dead = bool(db.execute_sql(REMOVE, (worker_id, heartbeat)).rowcount)
            if is_dead:
                if not config.is_sqlite():
                    db.execute_sql(LOCK_ENDPOINTS, (worker_id,))
                db.execute_sql(EXPIRE, (now(), worker_id))
        return is_dead

    @classmethod
    def sign_off(cls, worker_ids: Iterable[str]) -> None:
        """Remove workers that end and hold no claims."""
        cls.delete().where(cls.id.in_(list(worker_ids))).execute()


class SilentWorkers:
    """Finds workers whose counter did not change in `max_reads` consecutive reads."""

    GRACE_READS = 14

    def __init__(self, max_reads: int) -> None:
        self._max_reads = max_reads
        self._grace = 0
        self._unchanged: dict[str, tuple[int, int]] = {}  # by id: the counter, and how often it was read again

    def observe(self, heartbeats: dict[str, int]) -> dict[str, int]:
        """Note one read of all counters. Returns the silent workers with their counters."""
        previous, self._unchanged = self._unchanged, {}
        for worker_id, heartbeat in heartbeats.items():
            counter, reads = previous.get(worker_id, (heartbeat, -1 - self._grace))
            self._unchanged[worker_id] = (heartbeat, reads + 1 if counter == heartbeat else 0)
        self._grace = 0
        return {id_: counter for id_, (counter, reads) in self._unchanged.items() if reads >= self._max_reads}

    def forget(self) -> None:
        """Start over after an outage; the others get more time to return."""
        self._unchanged.clear()
        self._grace = self.GRACE_READS


class LiveWorkers:
    """Counts the workers whose counter rises between observations, at any interval.

    Times are monotonic, in seconds.
    """

    def __init__(self) -> None:
        self._seen: dict[str, SeenWorker] = {}

    def observe(self, heartbeats: dict[str, int], at: float) -> None:
        """Note one read of all counters."""
        previous, self._seen = self._seen, {}
        for worker_id, heartbeat in heartbeats.items():
            seen = previous.get(worker_id)
            if seen is None:
                seen = SeenWorker(heartbeat, at, None)
            elif seen.heartbeat != heartbeat:
                seen = SeenWorker(heartbeat, seen.first_seen_at, at)
            self._seen[worker_id] = seen

    def has_undecided(self, at: float) -> bool:
        """Return True if a worker was seen for too short a time."""
        return any(seen.is_undecided(at) for seen in self._seen.values())

    def count(self, at: float) -> int:
        """Count live workers, with those that are undecided."""
        return sum(seen.is_live(at) or seen.is_undecided(at) for seen in self._seen.values())


class SeenWorker(NamedTuple):
    """The observations of one worker."""

    heartbeat: int
    first_seen_at: float
    risen_at: float | None

    def is_undecided(self, at: float) -> bool:
        return self.risen_at is None and at - self.first_seen_at < DECIDED_AFTER_SECONDS

    def is_live(self, at: float) -> bool:
        return self.risen_at is not None and at - self.risen_at < LIVE_SECONDS
