"""The API request log: batches of requests, and how much each dealer has in it.

There is no foreign key to the dealer: its check would lock the dealer's row on PostgreSQL, where writes of the dealer
wait for that. No dealer is ever deleted.
"""

from typing import Any

STATEMENTS = """
CREATE TABLE api_request_batch (
    id BIGINT PRIMARY KEY, dealer_id TEXT NOT NULL, is_test BOOLEAN NOT NULL, first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL, is_error BOOLEAN NOT NULL, request_count BIGINT NOT NULL, size BIGINT NOT NULL,
    requests TEXT NOT NULL, contents TEXT);
CREATE INDEX api_request_batch_page ON api_request_batch (dealer_id, is_test, id);
CREATE INDEX api_request_batch_error ON api_request_batch (dealer_id, is_test, id) WHERE is_error;
CREATE INDEX api_request_batch_content ON api_request_batch (dealer_id, is_test, id) WHERE contents IS NOT NULL;
CREATE TABLE api_request_usage (
    dealer_id TEXT NOT NULL, is_test BOOLEAN NOT NULL, byte_count BIGINT NOT NULL, dropped_count BIGINT NOT NULL,
    dropped_at BIGINT, erased_at BIGINT, PRIMARY KEY (dealer_id, is_test));
ALTER TABLE integration ADD COLUMN has_request_log BOOLEAN NOT NULL DEFAULT TRUE
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in STATEMENTS.split(";"):
        db.execute_sql(statement)
