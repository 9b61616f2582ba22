"""Heartbeats of workers, and the worker of each claim: the claims of a dead worker expire at once."""

from typing import Any

STATEMENTS = """
CREATE TABLE worker (id TEXT PRIMARY KEY, heartbeat BIGINT NOT NULL);
ALTER TABLE delivery ADD COLUMN worker_id TEXT
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in STATEMENTS.split(";"):
        db.execute_sql(statement)
