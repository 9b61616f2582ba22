"""A watch shop on Flask: it mirrors the hub's inventory, places orders and follows them.

Settings are environment variables; README.md lists them. SHOP_DATABASE is the path of a SQLite file, or the URL of a
PostgreSQL database.
"""

import os
from contextlib import closing
from typing import Any

from flask import Flask, request
from watchtraderhub import Client, errors, models
from watchtraderhub.mirror import Database, Mirror, PostgresDatabase, SqliteDatabase
from watchtraderhub.mirror.flask import webhook_view
from werkzeug.serving import make_server

TABLES = [
    "CREATE TABLE IF NOT EXISTS listing (id TEXT PRIMARY KEY, title TEXT, status TEXT, price TEXT)",
    "CREATE TABLE IF NOT EXISTS shop_order (id TEXT PRIMARY KEY, listing_id TEXT, status TEXT)",
]
SAVE_LISTING = """
INSERT INTO listing (id, title, status, price) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET title = excluded.title, status = excluded.status, price = excluded.price
"""

app = Flask(__name__)


def open_database() -> Database:
    address = os.environ["SHOP_DATABASE"]
    if not address.startswith("postgres"):
        return SqliteDatabase(address)
    import psycopg

    return PostgresDatabase(lambda: psycopg.connect(address))


def open_hub() -> Client:
    return Client(os.environ["WTH_API_KEY"], base_url=os.environ["WTH_API_URL"])


database = open_database()
mirror = Mirror(open_hub(), database, os.environ["WTH_WEBHOOK_SECRET"])
app.add_url_rule("/webhooks", view_func=webhook_view(mirror), methods=["POST"])


def run(connection: Any, statement: str, *values: Any) -> Any:
    cursor = connection.cursor()
    cursor.execute(statement.replace("?", database.placeholder), values)
    return cursor


# The mirror commits what these functions write together with its position.


@mirror.snapshot("listings")
def replace_listings(connection: Any, listings: list[Any]) -> None:
    run(connection, "DELETE FROM listing")
    for listing in listings:
        save_listing(connection, listing)


@mirror.on("listing.*")
def handle_listing(connection: Any, event: Any) -> None:
    save_listing(connection, event["data"])


@mirror.on("order.*")
def handle_order(connection: Any, event: Any) -> None:
    order = event["data"]
    run(connection, "UPDATE shop_order SET status = ? WHERE id = ?", order["status"], order["external_id"])


def save_listing(connection: Any, listing: Any) -> None:
    if listing["published"]:
        values = (listing["id"], listing["title"], listing["status"], listing["asking_price_eur"])
        run(connection, SAVE_LISTING, *(None if value is None else str(value) for value in values))
    else:
        run(connection, "DELETE FROM listing WHERE id = ?", listing["id"])


# The pages read the shop's own database: they work while the hub is unavailable.


@app.get("/watches")
def list_watches() -> Any:
    with database.transaction() as connection:
        rows = run(connection, "SELECT id, title, price FROM listing WHERE status = 'in_stock' ORDER BY id").fetchall()
    return [{"id": row[0], "title": row[1], "price": row[2]} for row in rows]


@app.get("/orders/<order_id>")
def get_order(order_id: str) -> Any:
    with database.transaction() as connection:
        row = run(connection, "SELECT id, listing_id, status FROM shop_order WHERE id = ?", order_id).fetchone()
    return {"id": row[0], "listing_id": row[1], "status": row[2]} if row else ({"error": "Unknown order."}, 404)


@app.post("/orders")
def place_order() -> Any:
    """Sell a watch. A customer who sends the form twice, with the same order ID, orders once."""
    form = request.get_json()
    insert = "INSERT INTO shop_order (id, listing_id, status) VALUES (?, ?, 'pending') ON CONFLICT (id) DO NOTHING"
    with database.transaction() as connection:
        run(connection, insert, form["id"], form["listing_id"])
    order: models.OrderInput = {
        "external_id": form["id"],
        "items": [{"listing_id": form["listing_id"]}],
        "customer": {"email": form["email"]},
    }
    try:
        with closing(open_hub()) as hub:
            hub.orders.create(order, idempotency_key=form["id"])
    except errors.ListingNotAvailableError:
        with database.transaction() as connection:
            run(connection, "UPDATE shop_order SET status = 'sold_out' WHERE id = ?", form["id"])
        return {"error": "This watch has been sold."}, 409
    return {"id": form["id"]}, 201


def main() -> None:
    with database.transaction() as connection:
        for table in TABLES:
            run(connection, table)
    mirror.start()
    server = make_server("127.0.0.1", int(os.environ.get("PORT", "5000")), app, threaded=True)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
