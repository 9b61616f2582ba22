"""Indexes for pages: events of one origin and type, deliveries by error, repeats.

A repeat is a delivery that a user has sent again. The index of finished deliveries loses the open ones. PostgreSQL read
it for each endpoint of a sweep, because by its statistics, which are old after a burst, nothing was open.

PostgreSQL builds them beside writers, so the migration is not atomic. If it is interrupted, PostgreSQL keeps an invalid
index: the migration drops it and starts again.
"""

from typing import Any

atomic = False

INDEXES = {
    "event_origin": "event (dealer_id, origin, is_test, type, sequence)",
    "delivery_retried": "delivery (dealer_id, created_at) WHERE completed_at IS NULL AND trigger = 'manual'",
    "delivery_error": "delivery (dealer_id, last_error, created_at) WHERE last_error IS NOT NULL",
    "delivery_finished": "delivery (completed_at) WHERE completed_at IS NOT NULL",
}


def up(_migrator: Any, db: Any) -> None:
    concurrently = "" if db.param == "?" else "CONCURRENTLY"
    for name, definition in INDEXES.items():
        db.execute_sql(f"DROP INDEX {concurrently} IF EXISTS {name}")
        db.execute_sql(f"CREATE INDEX {concurrently} {name} ON {definition}")
