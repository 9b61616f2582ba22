"""Indexes for claims, in sending order per endpoint, and for event retention."""

from typing import Any

STATEMENTS = """
DROP INDEX delivery_open;
CREATE INDEX delivery_open ON delivery (endpoint_id, state, due_at, sequence) WHERE completed_at IS NULL;
CREATE INDEX event_age ON event (created_at)
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in STATEMENTS.split(";"):
        db.execute_sql(statement)
