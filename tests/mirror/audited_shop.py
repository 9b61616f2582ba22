"""The example shop with an audit table: every event that took effect, in the transaction of its effects."""

import logging
from typing import Any

from examples.flask_shop import shop

shop.TABLES.append("CREATE TABLE IF NOT EXISTS applied (sequence BIGINT PRIMARY KEY, event_id TEXT)")


@shop.mirror.on("*")
def note_event(connection: Any, event: Any) -> None:
    shop.run(connection, "INSERT INTO applied (sequence, event_id) VALUES (?, ?)", event["sequence"], event["id"])


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    shop.main()
