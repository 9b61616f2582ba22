"""Chores that come round: whoever claims one first in its turn does it, the others find it done."""

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
    """`done_at` is when the chore was last claimed."""

    name = peewee.TextField(primary_key=True)
    done_at = peewee.BigIntegerField()

    class Meta:
        table_name = "chore"  # the released schema's name

    @classmethod
    def claim(cls, name: str, every_ms: int) -> bool:
        """True for one of all workers, once in `every_ms`; also when the clock has gone back since the last turn."""
        at = now()
        return bool(db.execute_sql(CLAIM, (name, at, at - every_ms, at + every_ms)).rowcount)
