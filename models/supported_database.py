"""Requirements on a PostgreSQL database that a server does not report by itself."""

from typing import NamedTuple

import config
from errors import Refusal
from models.database import db

READ_STATE = """
SELECT current_setting('server_encoding'), current_schema(), current_setting('search_path')
"""


class DatabaseState(NamedTuple):
    """The state of a connection to PostgreSQL. `schema` is where tables are created."""

    encoding: str
    schema: str | None
    search_path: str


def require_supported_database() -> None:
    """Require a database that stores every text, inside a connection.

    SQLite always does. Any locale is supported: the database compares bytes only. Raises `unsupported_database` with
    what to do.
    """
    if config.is_sqlite():
        return
    state = DatabaseState(*db.execute_sql(READ_STATE).fetchone())
    if problem := _find_problem(state):
        raise Refusal("unsupported_database", problem)


def require_primary() -> None:
    """Require a server that accepts writes, inside a connection.

    Raises `read_only_database`.
    """
    if not config.is_sqlite() and db.execute_sql("SHOW transaction_read_only").fetchone() == ("on",):
        message = "The server is read-only, such as a standby. Name the primary in WTH_DATABASE_URL."
        raise Refusal("read_only_database", message)


def _find_problem(state: DatabaseState) -> str | None:
    if state.encoding != "UTF8":
        return (
            f"The database has the encoding {state.encoding}, which cannot store every text. Create another one with "
            "`createdb --template=template0 --encoding=UTF8 <name>`, and name it in WTH_DATABASE_URL."
        )
    wanted = db.own_options.get("search_path")  # type: ignore[attr-defined] # only models.postgres has it
    if wanted and _list_schemas(wanted) != _list_schemas(state.search_path):
        return (
            f"The search_path in WTH_DATABASE_URL has no effect: it is {state.search_path}. PgBouncer does not pass "
            f"options to the server. Run `ALTER ROLE <user> IN DATABASE <name> SET search_path = {wanted}`, reconnect "
            "PgBouncer, and remove the options from the URL."
        )
    if state.schema is None:
        return f"No schema of the search_path exists: {state.search_path}. Create one with `CREATE SCHEMA <name>`."
    return None


def _list_schemas(search_path: str) -> list[str]:
    return [name.strip(' "') for name in search_path.split(",")]
