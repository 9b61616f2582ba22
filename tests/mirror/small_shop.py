"""A shop with one table, whose mirror is under test, served by Flask in a thread of the test process."""

import os
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

import psycopg
import requests
from flask import Flask
from watchtraderhub import Client
from watchtraderhub.mirror import Database, Mirror, PostgresDatabase, SqliteDatabase
from watchtraderhub.mirror.flask import webhook_view
from werkzeug.serving import make_server

from tests.receiver import Delivered

POSTGRES = os.environ.get("WTH_TEST_POSTGRES", "")
UNAVAILABLE = (503, {"Retry-After": "0"}, b'{"error":{"type":"api_error","code":"service_unavailable","message":"."}}')
TABLES = (
    "CREATE TABLE IF NOT EXISTS listing (id TEXT PRIMARY KEY, price TEXT)",
    "CREATE TABLE IF NOT EXISTS applied (sequence BIGINT PRIMARY KEY, type TEXT, price TEXT)",
)


def do_nothing(*_: object) -> None:
    """Let a handler continue."""


class ShopDatabase:
    """A database of its own: a file, or a schema on the PostgreSQL server of the tests.

    Without `schema` it is new.
    """

    def __init__(self, folder: Path, schema: str | None = None, tables: Sequence[str] = TABLES) -> None:
        self.folder = folder
        self.interruptions: list[Callable[[], object]] = []  # what other processes do before each transaction
        self.schema = schema or f"shop_{uuid.uuid4().hex}"
        self.database: Database = PostgresDatabase(self.connect) if POSTGRES else SqliteDatabase(self.connect)
        if schema is None:
            self._create(tables)

    @property
    def address(self) -> str:
        """The path of the file, or the URL of the database and schema."""
        return f"{POSTGRES}?options=-csearch_path%3D{self.schema}" if POSTGRES else str(self.folder / "shop.db")

    def _create(self, tables: Sequence[str]) -> None:
        if POSTGRES:
            self.run(f"CREATE SCHEMA {self.schema}")
        for table in tables:
            self.run(table)

    def connect(self) -> Any:
        if self.interruptions:
            self.interruptions.pop(0)()
        if POSTGRES:
            return psycopg.connect(POSTGRES, options=f"-c search_path={self.schema}")
        return sqlite3.connect(self.folder / "shop.db", timeout=30)

    def django_settings(self) -> dict[str, Any]:
        """Return Django's settings of this database."""
        if not POSTGRES:
            return {"NAME": str(self.folder / "shop.db")}
        server = psycopg.conninfo.conninfo_to_dict(POSTGRES)
        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        options = {"options": f"-c search_path={self.schema}"}
        return {**{name: str(server.get(key, "")) for name, key in names.items()}, "OPTIONS": options}

    def run(self, statement: str, *values: Any) -> list[Any]:
        with closing(self.connect()) as connection:
            rows = execute(connection, statement, *values)
            connection.commit()
        return rows

    def drop(self) -> None:
        if POSTGRES:
            self.run(f"DROP SCHEMA {self.schema} CASCADE")


class SmallShop:
    """Its handlers keep `listing` and note each applied event; `before_handling` may raise or write."""

    def __init__(self, database: ShopDatabase, site: str, key: str) -> None:
        self.data, self.site, self.key = database, site, key
        self.secret = ""
        self.before_handling: Callable[[Any, Any], object] = do_nothing

    @property
    def prices(self) -> dict[str, float]:
        return {row[0]: float(row[1]) for row in self.data.run("SELECT id, price FROM listing")}

    @property
    def applied(self) -> list[int]:
        return [row[0] for row in self.data.run("SELECT sequence FROM applied ORDER BY sequence")]

    @contextmanager
    def mirror(self, **options: Any) -> Iterator[Mirror]:
        """Open a mirror with a client of its own, as each process of the shop has one."""
        with Client(self.key, base_url=self.site, **options) as client:
            mirror = Mirror(client, self.data.database, self.secret or None)
            mirror.snapshot("listings")(self.replace)
            mirror.on("*")(self.handle)
            yield mirror

    def replace(self, connection: Any, listings: list[Any]) -> None:
        execute(connection, "DELETE FROM listing")
        for listing in listings:
            save(connection, listing)

    def handle(self, connection: Any, event: Any) -> None:
        self.before_handling(connection, event)
        data = event["data"]
        values = (event["sequence"], event["event"], str(data.get("asking_price_eur")))
        execute(connection, "INSERT INTO applied (sequence, type, price) VALUES (?, ?, ?)", *values)
        if data["object"] == "listing":
            save(connection, data)


class ServedShop:
    """A started mirror behind a Flask application on a loopback port."""

    def __init__(self, shop: SmallShop, mirror: Mirror, port: int = 0) -> None:
        self.shop, self.mirror = shop, mirror
        app = Flask("small_shop")
        app.add_url_rule("/webhooks", view_func=webhook_view(mirror), methods=["POST"])
        self._server = make_server("127.0.0.1", port, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def send(self, deliveries: Sequence[Delivered]) -> list[int]:
        """Send captured deliveries to the shop, in this order."""
        return [
            requests.post(self.url, data=each.body, headers=each.headers, timeout=30).status_code for each in deliveries
        ]


def execute(connection: Any, statement: str, *values: Any) -> list[Any]:
    with closing(connection.cursor()) as cursor:
        cursor.execute(statement.replace("?", "%s") if POSTGRES else statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def save(connection: Any, listing: Any) -> None:
    execute(connection, "DELETE FROM listing WHERE id = ?", listing["id"])
    values = (listing["id"], str(listing["asking_price_eur"]))
    execute(connection, "INSERT INTO listing (id, price) VALUES (?, ?)", *values)
