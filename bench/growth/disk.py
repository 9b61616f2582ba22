"""The space of events, deliveries and attempts with their indexes."""

import config
from bench.growth.bulk_tables import LARGE
from models.database import db

SQLITE = "SELECT sum(pgsize) FROM dbstat WHERE name = ? OR name IN (SELECT name FROM sqlite_master WHERE tbl_name = ?)"


def report(rows: int) -> None:
    """Print the bytes of each table per row, with its indexes."""
    sizes = {table: _measure(table) for table in LARGE}
    each = ", ".join(f"{table} {size / rows:,.0f}" for table, size in sizes.items())
    print(
        f"Disk: {sum(sizes.values()) / rows:,.0f} bytes per delivery ({each}), {sum(sizes.values()) / 2**30:.2f} GiB."
    )


def _measure(table: str) -> int:
    if config.is_sqlite():
        return int(db.execute_sql(SQLITE, (table, table)).fetchone()[0])
    return int(db.execute_sql("SELECT pg_total_relation_size(%s::regclass)", (table,)).fetchone()[0])
