"""One index per filter of the delivery log, in the order of its pages."""

from typing import Any

STATEMENTS = """
CREATE INDEX delivery_log_state ON delivery (dealer_id, state, created_at, id);
CREATE INDEX delivery_log_type ON delivery (dealer_id, event_type, created_at, id);
CREATE INDEX delivery_log_mode ON delivery (dealer_id, is_test, created_at, id);
CREATE INDEX delivery_log_resource ON delivery (resource_id, created_at, id);
CREATE INDEX delivery_log_endpoint ON delivery (endpoint_id, created_at, id)
"""


def up(_migrator: Any, db: Any) -> None:
    for statement in STATEMENTS.split(";"):
        db.execute_sql(statement)
