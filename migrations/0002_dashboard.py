"""Tables of the dashboard: sessions, sign-ins, audit log, background jobs."""

from typing import Any

STATEMENTS = """
ALTER TABLE account ADD COLUMN views_test BOOLEAN;

CREATE TABLE session (
    digest TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE, notice TEXT,
    created_at BIGINT NOT NULL, seen_at BIGINT NOT NULL);
CREATE INDEX session_account ON session (account_id);

CREATE TABLE sign_in_attempt (
    id TEXT PRIMARY KEY, email_digest TEXT NOT NULL, address TEXT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX sign_in_attempt_email ON sign_in_attempt (email_digest, at);
CREATE INDEX sign_in_attempt_address ON sign_in_attempt (address, at);

CREATE TABLE audit_entry (
    id TEXT PRIMARY KEY, dealer_id TEXT NOT NULL REFERENCES dealer (id), email TEXT NOT NULL,
    action TEXT NOT NULL, subject_id TEXT, summary TEXT NOT NULL, is_test BOOLEAN NOT NULL, created_at BIGINT NOT NULL);
CREATE INDEX audit_entry_newest ON audit_entry (dealer_id, created_at, id);

CREATE TABLE errand (
    id TEXT PRIMARY KEY, dealer_id TEXT NOT NULL REFERENCES dealer (id), is_test BOOLEAN NOT NULL,
    kind TEXT NOT NULL, name TEXT NOT NULL, content TEXT, options TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'running', 'done')), done INTEGER NOT NULL, total INTEGER NOT NULL,
    outcome TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL);
CREATE INDEX errand_dealer ON errand (dealer_id, created_at)
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in STATEMENTS.split(";"):
        db.execute_sql(statement)
