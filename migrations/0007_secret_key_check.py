"""Check value of the secret key, so that a hub does not start with a wrong one."""

from typing import Any

STATEMENT = "CREATE TABLE secret_key_check (id INTEGER NOT NULL PRIMARY KEY, value TEXT NOT NULL)"


def up(_migrator: Any, db: Any) -> None:
    db.execute_sql(STATEMENT)
