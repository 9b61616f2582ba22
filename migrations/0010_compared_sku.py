"""Compares SKUs without what spreadsheets and web pages add, in short transactions.

The migration is not atomic, because writing all rows in one transaction would block every writer. If it is interrupted,
it starts again: a row that is done stays as it is.
"""

import re
import time
import unicodedata
from typing import Any

atomic = False

ROWS_PER_TRANSACTION = 500
PAUSE_SECONDS = 0.06  # a SQLite writer that waits polls at most this far apart

WRAPPED = re.compile(r"=\s*(?:T\(\s*)?\"(?P<text>(?:[^\"]|\"\")*)\"\s*\)?", re.DOTALL)
ROUND_NUMBER = re.compile(r"(?P<whole>[0-9]+)[.,]0+")


def up(_migrator: Any, db: Any) -> None:
    last = ""
    while rows := _read_batch(db, last):
        last = rows[-1][0]
        changed = [row for row in rows if _compare(row[1]) != _normalize(row[1])]
        if changed:
            _write(db, changed)
            time.sleep(PAUSE_SECONDS)


def _read_batch(db: Any, last: str) -> list[tuple[str, str]]:
    select = f"SELECT id, sku FROM listing WHERE sku IS NOT NULL AND id > {db.param} ORDER BY id"
    rows: list[tuple[str, str]] = db.execute_sql(f"{select} LIMIT {ROWS_PER_TRANSACTION}", (last,)).fetchall()
    return rows


def _write(db: Any, rows: list[tuple[str, str]]) -> None:
    """Write the copies of the rows that still have the SKU that was read."""
    update = f"UPDATE listing SET sku_normalized = {db.param} WHERE id = {db.param} AND sku = {db.param}"
    with db.atomic():
        for listing_id, sku in rows:
            db.execute_sql(update, (_compare(sku), listing_id, sku))


def _compare(sku: str) -> str:
    bare = " ".join("".join(character for character in sku if unicodedata.category(character) != "Cf").split())
    bare = bare.lstrip("'’‘`´").strip()
    wrapped = WRAPPED.fullmatch(bare)
    bare = wrapped["text"].strip() if wrapped else bare
    number = ROUND_NUMBER.fullmatch(bare)
    return _normalize(number["whole"] if number else bare or sku)


def _normalize(text: str) -> str:
    return unicodedata.normalize("NFC", text)
