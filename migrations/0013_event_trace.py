"""The trace of each event, which its deliveries continue."""

from typing import Any


def up(_migrator: Any, db: Any) -> None:
    db.execute_sql("ALTER TABLE event ADD COLUMN traceparent TEXT")
