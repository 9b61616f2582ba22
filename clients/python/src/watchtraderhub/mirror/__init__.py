"""Mirror of a hub in your own database: every event takes effect exactly once and in order.

`Mirror` receives webhooks, fills gaps from `GET /events` and commits the effects of your handlers together with its
position. `SqliteDatabase` and `PostgresDatabase` connect it to your database. The modules `flask`, `starlette` and
`django` connect it to a web framework, which this package does not install.
"""

from watchtraderhub.mirror.database import Database, PostgresDatabase, SqliteDatabase
from watchtraderhub.mirror.errors import HandlerCommittedError, MirrorError, NotStartedError, StaleMirrorError
from watchtraderhub.mirror.mirror import Mirror

__all__ = [
    "Database",
    "HandlerCommittedError",
    "Mirror",
    "MirrorError",
    "NotStartedError",
    "PostgresDatabase",
    "SqliteDatabase",
    "StaleMirrorError",
]
