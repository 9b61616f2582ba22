"""Compared columns: normalized and case-folded copies of text, filled in short transactions.

The migration is not atomic, because filling large tables in one transaction would block every writer. If it is
interrupted, it continues at the rows that are not filled yet: those without `search_text`.
"""

import time
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

Copies = dict[str, str | None]

atomic = False

ROWS_PER_TRANSACTION = 200
PAUSE_SECONDS = 0.06  # a SQLite writer that waits polls at most this far apart

STATEMENTS = """
ALTER TABLE listing ADD COLUMN brand_folded TEXT;
ALTER TABLE listing ADD COLUMN reference_folded TEXT;
ALTER TABLE listing ADD COLUMN sku_normalized TEXT;
ALTER TABLE listing ADD COLUMN search_text TEXT;
CREATE INDEX listing_brand ON listing (dealer_id, is_test, brand_folded, created_at, id);
CREATE INDEX listing_reference ON listing (dealer_id, is_test, reference_folded, created_at, id);
CREATE INDEX listing_sku_normalized ON listing (dealer_id, is_test, sku_normalized);
CREATE INDEX listing_unfilled ON listing (id) WHERE search_text IS NULL;

ALTER TABLE customer ADD COLUMN external_id_normalized TEXT;
ALTER TABLE customer ADD COLUMN search_text TEXT;
DROP INDEX customer_email;
CREATE INDEX customer_email ON customer (dealer_id, is_test, email_folded, created_at, id);
CREATE INDEX customer_external_id_normalized
    ON customer (dealer_id, is_test, external_id_normalized, created_at, id);
CREATE INDEX customer_unfilled ON customer (id) WHERE search_text IS NULL;

ALTER TABLE sales_order ADD COLUMN external_id_normalized TEXT;
ALTER TABLE sales_order ADD COLUMN search_text TEXT;
CREATE INDEX sales_order_external_id_normalized
    ON sales_order (dealer_id, is_test, external_id_normalized, created_at, id);
CREATE INDEX sales_order_unfilled ON sales_order (id) WHERE search_text IS NULL;

ALTER TABLE order_item ADD COLUMN search_text TEXT;
CREATE INDEX order_item_unfilled ON order_item (order_id) WHERE search_text IS NULL;

ALTER TABLE audit_entry ADD COLUMN search_text TEXT;
CREATE INDEX audit_entry_unfilled ON audit_entry (id) WHERE search_text IS NULL
"""


def up(_migrator: Any, db: Any) -> None:
    with db.atomic():
        if all(column.name != "search_text" for column in db.get_columns("audit_entry")):
            for statement in STATEMENTS.split(";"):
                db.execute_sql(statement)
        _fold_account_emails(db)
    for table, key, columns, copy in TABLES:
        while _fill_batch(db, table, key.split(), columns.split(), copy) == ROWS_PER_TRANSACTION:
            time.sleep(PAUSE_SECONDS)


def _fold_account_emails(db: Any) -> None:
    """Normalize the email addresses of users. Of two equal ones, the second keeps its spelling."""
    accounts = db.execute_sql("SELECT id, email FROM account ORDER BY created_at, id").fetchall()
    emails = {email for _, email in accounts}
    for account_id, email in accounts:
        folded = _fold(email)
        if folded not in emails:
            db.execute_sql(f"UPDATE account SET email = {db.param} WHERE id = {db.param}", (folded, account_id))
            emails.add(folded)


def _fill_batch(
    db: Any, table: str, key: list[str], columns: list[str], copy: Callable[[Mapping[str, Any]], Copies]
) -> int:
    """Fill some rows, and return their number.

    On PostgreSQL, rows that another transaction holds are skipped: the periodic job fills them.
    """
    lock = "FOR UPDATE SKIP LOCKED" if db.for_update else ""
    names = [*key, *columns]
    select = f"SELECT {', '.join(names)} FROM {table} WHERE search_text IS NULL LIMIT {ROWS_PER_TRANSACTION} {lock}"
    condition = " AND ".join(f"{name} = {db.param}" for name in key)
    with db.atomic():
        rows = [dict(zip(names, row, strict=True)) for row in db.execute_sql(select).fetchall()]
        for row in rows:
            copies = copy(row)
            assignments = ", ".join(f"{name} = {db.param}" for name in copies)
            values = [*copies.values(), *(row[name] for name in key)]
            db.execute_sql(f"UPDATE {table} SET {assignments} WHERE {condition}", values)
    return len(rows)


def _copy_listing(row: Mapping[str, Any]) -> Copies:
    names = ("id", "brand", "model", "reference", "title", "sku", "serial_number")
    return {
        "brand_folded": _fold(row["brand"]),
        "reference_folded": _fold(row["reference"]),
        "sku_normalized": _normalize(row["sku"]),
        "search_text": _join(*(row[name] for name in names)),
    }


def _copy_customer(row: Mapping[str, Any]) -> Copies:
    name = " ".join(filter(None, (row["first_name"], row["last_name"])))
    return {
        "email_folded": _fold(row["email"]),
        "external_id_normalized": _normalize(row["external_id"]),
        "search_text": _join(row["id"], row["external_id"], row["email"], row["phone"], name, row["company"]),
    }


def _copy_order(row: Mapping[str, Any]) -> Copies:
    return {
        "external_id_normalized": _normalize(row["external_id"]),
        "search_text": _join(row["id"], row["external_id"]),
    }


def _copy_item(row: Mapping[str, Any]) -> Copies:
    return {"search_text": _join(row["listing_id"], row["brand"], row["model"], row["reference"])}


def _copy_audit_entry(row: Mapping[str, Any]) -> Copies:
    return {"search_text": _join(row["email"], row["action"], row["subject_id"], row["summary"])}


def _normalize(text: str | None) -> str | None:
    return None if text is None else unicodedata.normalize("NFC", text)


def _fold(text: str | None) -> str | None:
    return None if text is None else _normalize(unicodedata.normalize("NFD", text).casefold())


def _join(*texts: str | None) -> str | None:
    lines = [line for text in texts if text and (line := _fold(text))]
    return "".join(("\n", *(f"{line}\n" for line in lines)))


# Table, key, other columns to read, and the function that returns the copies.
TABLES: tuple[tuple[str, str, str, Callable[[Mapping[str, Any]], Copies]], ...] = (
    ("listing", "id", "brand model reference title sku serial_number", _copy_listing),
    ("customer", "id", "external_id email phone first_name last_name company", _copy_customer),
    ("sales_order", "id", "external_id", _copy_order),
    ("order_item", "order_id position", "listing_id brand model reference", _copy_item),
    ("audit_entry", "id", "email action subject_id summary", _copy_audit_entry),
)
