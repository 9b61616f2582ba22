"""Equal work: a peer returns the fields that the hub returns, and writes the rows that the hub writes.

Ids, times, hashes and cursors differ from one run to the next; they are masked. Everything else has to be equal.
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.api_requests import get, orders, send_once
from bench.api_servers import ApiServer

MASKS = (
    (re.compile(r"\b(ord|cus|evt|dlv|req)_[0-9A-Za-z]{24,32}"), r"\1_…"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"), "<time>"),
    (re.compile(r"(?<!\w)1[789]\d{11}\b"), "<ms>"),  # a time of these years
    (re.compile(r"\b[0-9a-f]{64}\b"), "<hash>"),
    (re.compile(r"[0-9a-f]{32}(?=@customers)"), "<new>"),
)
Row = tuple[tuple[str, Any], ...]  # pairs of column and value


def find_differences(servers: Sequence[ApiServer], key: str, listing_id: str) -> list[str]:
    """Send the hub, which is first, and its peers a page and an order. Returns one line for each difference."""
    expected, *others = (_observe(server, key, listing_id) for server in servers)
    pairs = zip(servers[1:], others, strict=True)
    return [line for server, found in pairs for line in _compare(server.contender, expected, found)]


def _observe(server: ApiServer, key: str, listing_id: str) -> dict[str, Any]:
    page = send_once(server.port, get(key, "/api/v1/listings?limit=20")).json()
    response, rows = _order(server, key, listing_id)
    return {"page of 20": _mask({**page, "next_cursor": ""}), "order": response, "rows": rows}


def _order(server: ApiServer, key: str, listing_id: str) -> tuple[Any, dict[str, list[Any]]]:
    assert server.database is not None
    before = _read_tables(server.database)
    response = send_once(server.port, next(orders(key, [listing_id])))
    assert response.status_code == 201, f"{server.contender}: {response.text}"
    after = _read_tables(server.database)
    written = {table: [_mask(dict(row)) for row in rows - before[table]] for table, rows in after.items()}
    return _mask(response.json()), {table: sorted(rows, key=str) for table, rows in written.items() if rows}


def _read_tables(database: Path) -> dict[str, set[Row]]:
    with closing(sqlite3.connect(database)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: set(_read_rows(connection, name)) for name in names}


def _read_rows(connection: sqlite3.Connection, table: str) -> Iterator[Row]:
    cursor = connection.execute(f"SELECT * FROM {table}")
    columns = [column for column, *_ in cursor.description]
    return (tuple(zip(columns, row, strict=True)) for row in cursor)


def _mask(value: Any) -> Any:
    """Mask what differs between equal responses and rows, also in JSON texts in columns."""
    if isinstance(value, dict):
        return {name: _mask(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_mask(entry) for entry in value]
    if isinstance(value, str) and value.startswith("{"):
        return _mask(json.loads(value))
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        text = str(value)
        for pattern, mask in MASKS:
            text = pattern.sub(mask, text)
        return text
    return value


def _compare(name: str, expected: Any, found: Any) -> list[str]:
    """Compare masked values; name the fields that differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        fields = sorted({*expected, *found})
        return [line for f in fields for line in _compare(f"{name}, {f}", expected.get(f), found.get(f))]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = zip(expected, found, strict=True)
        return [line for number, pair in enumerate(pairs) for line in _compare(f"{name} [{number}]", *pair)]
    return [] if expected == found else [f"{name}: {found!r} instead of {expected!r}"]
