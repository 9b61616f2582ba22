"""Mails to users, which the worker sends: a transactional outbox."""

from typing import Any

STATEMENTS = """
CREATE TABLE mail (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE, kind TEXT NOT NULL,
    subject TEXT NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL, due_at BIGINT, created_at BIGINT NOT NULL,
    sent_at BIGINT);
CREATE INDEX mail_due ON mail (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX mail_account ON mail (account_id)
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in STATEMENTS.split(";"):
        db.execute_sql(statement)
