"""Tokens of the dashboard's forms that create rows, so that a double click creates one."""

from typing import Any

STATEMENTS = """
CREATE TABLE submitted_form (
    dealer_id TEXT NOT NULL REFERENCES dealer (id), token TEXT NOT NULL, path TEXT NOT NULL,
    created_at BIGINT NOT NULL, PRIMARY KEY (dealer_id, token));
CREATE INDEX submitted_form_created_at ON submitted_form (created_at)
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in STATEMENTS.split(";"):
        db.execute_sql(statement)
