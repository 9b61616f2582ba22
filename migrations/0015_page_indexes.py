"""Indexes for pages: events of one origin and type, and deliveries that a user has sent again."""

from typing import Any

STATEMENTS = """
CREATE INDEX event_origin ON event (dealer_id, origin, is_test, type, sequence);
CREATE INDEX delivery_retried ON delivery (dealer_id, created_at) WHERE completed_at IS NULL AND trigger = 'manual'
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in STATEMENTS.split(";"):
        db.execute_sql(statement)
