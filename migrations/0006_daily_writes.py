"""Bytes that each dealer has stored on the current day."""

from typing import Any

STATEMENTS = """
ALTER TABLE dealer ADD COLUMN written_day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE dealer ADD COLUMN written_bytes BIGINT NOT NULL DEFAULT 0
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in STATEMENTS.split(";"):
        db.execute_sql(statement)
