"""Cluster-wide lock for periodic jobs.

The first worker that claims a job's interval runs the job.
"""

import peewee

from models.base import Row
from models.clock import now
from models.database import db

CLAIM = """
INSERT INTO chore (name, done_at) VALUES ({0}, {0})
ON CONFLICT (name) DO UPDATE SET done_at = excluded.done_at
WHERE chore.done_at <= {0} OR chore.done_at > {0}
""".replace("{0}", db.param)


class PeriodicLock(Row):
    """One periodic job; `done_at` is when a worker last claimed it."""

    name = peewee.TextField(primary_key=True)
    done_at = peewee.BigIntegerField()

    class Meta:
        table_name = "chore"  # the released schema's name

    @classmethod
    def claim(cls, name: str, every_ms: int) -> bool:
        """Claim a job; return True for only one worker in each `every_ms`.

        A claim in the future, left by a clock that was set back, does not block the job.
        """
        at = now()
        return bool(db.execute_sql(CLAIM, (name, at, at - every_ms, at + every_ms)).rowcount)
