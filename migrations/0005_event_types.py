"""Index for the event stream of one type; it contains the time that tells whether an event is still listed."""

from typing import Any

STATEMENT = "CREATE INDEX event_type ON event (dealer_id, is_test, type, sequence, created_at)"


def up(_migrator: Any, db: Any) -> None:
    db.execute_sql(STATEMENT)
