"""Checks every statement that a page or a GET operation runs: none may read a large table, or most of a dealer's rows.

Statements with the same text are checked once, on a filled and analyzed database. PostgreSQL may read a table while it
has few rows, so scans are made expensive: they remain only where no index serves. Work is counted, not timed: on SQLite
in steps of its virtual machine, on PostgreSQL in rows that its plan reads.
"""

import asyncio
import logging
import re
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import config
from bench.growth.bulk_tables import LARGE
from bench.growth.measure import open_clients
from bench.growth.requests import Values, list_operations, list_pages
from models.database import connection, db

ALIAS = re.compile(rf'"?\b({"|".join(LARGE)})\b"?(?:\s+(?:AS\s+)?"?(\w+)"?)?', re.IGNORECASE)
SCANNED = re.compile(r"SCAN (\w+)")

STEPS = 1_000  # of SQLite's virtual machine, between two calls of the counter
# A capped count of 10,000 rows takes 120,000 steps. With 100,000 rows, reading all listed events takes 400,000.
MAX_STEPS, MAX_READ = 200_000, 25_000

Statement = tuple[str, Sequence[Any]]


class StatementLog(logging.Handler):
    """Keeps one execution of each statement that reads a large table."""

    def __init__(self) -> None:
        super().__init__()
        self.statements: dict[str, Sequence[Any]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        sql, values = record.msg if isinstance(record.msg, tuple) else (record.msg, ())
        if ALIAS.search(sql) and sql.lstrip().startswith(("SELECT", "WITH")):
            self.statements.setdefault(sql, values or ())


def run(_rows: int) -> None:
    """Print each statement that reads a whole large table, and fail if there is one."""
    log, logger = StatementLog(), logging.getLogger("peewee")
    with connection():
        person = Values.find_person()
        values = Values(person)
        pages, operations = list(list_pages(values)), list(list_operations(values))
    logger.setLevel(logging.DEBUG)
    logger.addHandler(log)
    logger.propagate = False
    asyncio.run(_request(person.live_key, pages, operations))
    logger.setLevel(logging.ERROR)
    with connection():
        problems = [line for statement in log.statements.items() for line in _check(statement)]
    print(f"{len(log.statements)} statements, {len(problems)} that read too much.", *problems, sep="\n")
    assert not problems


async def _request(key: str, pages: list[str], operations: list[str]) -> None:
    async with open_clients(key) as (browser, client):
        for each, urls in ((browser, pages), (client, operations)):
            for url in urls:
                response = await each.get(url)
                assert response.status_code == 200, (url, response.text[:500])


def _check(statement: Statement) -> Iterator[str]:
    """Describe what is wrong with a statement, if anything."""
    sql, values = statement
    scans, work, limit = (_check_on_sqlite if config.is_sqlite() else _check_on_postgres)(sql, values)
    yield from (f"{scan}: {sql[:2000]}" for scan in scans)
    if work > limit:
        yield f"Work of {work:,}, over {limit:,}: {sql[:2000]}"


def _check_on_sqlite(sql: str, values: Sequence[Any]) -> tuple[list[str], int, int]:
    aliases = {alias or table for table, alias in ALIAS.findall(sql)} | set(LARGE)
    plan = db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
    steps = count()
    connection: Any = db.connection()
    connection.set_progress_handler(lambda: next(steps) and None, STEPS)
    db.execute_sql(sql, values).fetchall()
    connection.set_progress_handler(None, STEPS)
    scans = [step for *_, step in plan if (found := SCANNED.match(step)) and found[1] in aliases]
    return scans, next(steps) * STEPS, MAX_STEPS


def _check_on_postgres(sql: str, values: Sequence[Any]) -> tuple[list[str], int, int]:
    with db.atomic():
        db.execute_sql("SET LOCAL enable_seqscan = off")
        [plan] = db.execute_sql(f"EXPLAIN (FORMAT JSON, ANALYZE) {sql}", values).fetchone()
    nodes = [node for node in _nodes(plan[0]["Plan"]) if node.get("Relation Name") in LARGE]
    scans = [f"Scan of {node['Relation Name']}" for node in nodes if _is_scan(node)]
    return scans, sum(_count_read(node) for node in nodes), MAX_READ


def _count_read(node: dict[str, Any]) -> int:
    removed = sum(node.get(f"Rows Removed by {reason}", 0) for reason in ("Filter", "Index Recheck"))
    return int((node["Actual Rows"] + removed) * node["Actual Loops"])


def _is_scan(node: dict[str, Any]) -> bool:
    """Return True if a node reads all rows of a large table, or all entries of one of its indexes."""
    is_indexed = node["Node Type"] in ("Index Scan", "Index Only Scan", "Bitmap Heap Scan")
    has_condition = "Index Cond" in node or "Recheck Cond" in node
    return not (is_indexed and has_condition)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
