"""Floor of an order: the rows that the hub writes, with the statements prepared and nothing else done.

`python -m bench.order_rows DATABASE COUNT` prints the CPU time of one order in µs.
"""

import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import config
from bench.processes import SERVER_CORE, run_and_read
from bench.surroundings import copy_database

COUNT = 400
FIRST_LISTING = 2  # the number in the id of the first copy of the first dealer
BODY = "x" * 850  # the size of an order as JSON; that of a listing is about 1,000

STATEMENTS = (
    "SELECT k.dealer_id FROM api_key k JOIN integration i ON i.dealer_id = k.dealer_id WHERE k.is_test LIMIT 1",
    "SELECT * FROM idempotency_record WHERE digest = :order",
    "UPDATE dealer SET written_at = written_at + 1 WHERE id = :dealer RETURNING written_at",
    "SELECT * FROM listing WHERE id = :listing AND dealer_id = :dealer",
    "SELECT * FROM customer WHERE dealer_id = :dealer AND is_test AND email_folded = :customer LIMIT 2",
    """INSERT INTO customer (id, dealer_id, is_test, email, email_folded, metadata, claimed_at, created_at, updated_at,
         search_text) VALUES (:customer, :dealer, 1, :customer, :customer, '{}', :at, :at, :at, :customer)""",
    """INSERT INTO sales_order (id, dealer_id, is_test, status, origin, customer_id, total_cents, note, metadata,
         created_at, updated_at, search_text)
       VALUES (:order, :dealer, 1, 'received', 'api', :customer, 625050, 'Gift wrap', '{}', :at, :at, :order)""",
    """INSERT INTO order_item (order_id, position, listing_id, brand, model, reference, price_cents, search_text)
       VALUES (:order, 0, :listing, 'Omega', 'Speedmaster', '310.30', 625050, :listing)""",
    "UPDATE listing SET status = 'sold', held_by = :order, updated_at = :at, sold_at = :at WHERE id = :listing",
    "UPDATE dealer SET test_sequence = test_sequence + 2 WHERE id = :dealer RETURNING test_sequence",
    """INSERT INTO event (id, dealer_id, is_test, sequence, type, resource_id, origin, body, created_at)
       SELECT :order || t, :dealer, 1, test_sequence - t, 'order.received', :order, 'api', :body, :at
       FROM dealer, (SELECT 0 AS t UNION ALL SELECT 1) WHERE id = :dealer""",
    "SELECT * FROM endpoint WHERE dealer_id = :dealer",
    """INSERT INTO delivery (id, dealer_id, endpoint_id, event_id, event_type, resource_id, is_test, sequence, state,
         due_at, generation, trigger, step, attempts, is_passed, signs_newest_only, created_at)
       SELECT :order, :dealer, id, :order || 1, 'order.received', :order, 1, :number, 'pending', :at, 0, 'automatic', 0,
         0, 0, 0, :at FROM endpoint WHERE dealer_id = :dealer""",
    "INSERT INTO idempotency_record VALUES (:order, :dealer, :order, 201, :body, :order, :at)",
    "UPDATE dealer SET written_day = :number, written_bytes = written_bytes + 1 WHERE id = :dealer",
)


def measure_statements(rounds: int) -> list[float]:
    """Return the CPU time of one order's statements in µs, one value per round."""
    values = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=config.DATA_DIR) as folder:
            database = copy_database(Path(folder) / "copy", with_plain_secrets=False)
            command = ("-m", "bench.order_rows", str(database), str(COUNT))
            values.append(float(run_and_read(*command, core=SERVER_CORE)))
    return values


def write_orders(database: str, count: int) -> float:
    """Write orders in transactions of their own. Returns the CPU time of one in µs."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        [dealer] = connection.execute("SELECT dealer_id FROM endpoint LIMIT 1").fetchone()
        started_at = time.process_time()
        for number in range(FIRST_LISTING, FIRST_LISTING + count):
            _write_order(connection, dealer, number)
        return (time.process_time() - started_at) / count * 1e6


def _write_order(connection: sqlite3.Connection, dealer: str, number: int) -> None:
    ids = {"order": f"ord_{number:024}", "customer": f"cus_{number:024}", "listing": f"inv_{number:024}"}
    values = {**ids, "dealer": dealer, "number": number, "at": time.time_ns() // 1_000_000, "body": BODY}
    connection.execute("BEGIN IMMEDIATE")
    for statement in STATEMENTS:
        connection.execute(statement, values).fetchall()
    connection.execute("COMMIT")


if __name__ == "__main__":
    print(write_orders(sys.argv[1], int(sys.argv[2])))
