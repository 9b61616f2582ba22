"""Backfill of compared columns in rows that the previous release has written.

The migration fills the rows of its time. While processes of the previous release still run beside this one, they write
rows without compared columns. The same job fills columns that a later migration sets to NULL.
"""

from typing import Any

from models.accounts.audit import AuditEntry
from models.batches import yield_to_writers
from models.compared_text import update_compared_text
from models.customer import Customer
from models.database import db
from models.listing import Listing
from models.order import Order
from models.order_item import OrderItem

BATCH_SIZE = 200
MODELS: tuple[Any, ...] = (Listing, Customer, Order, OrderItem, AuditEntry)


def fill_compared_text() -> int:
    """Fill missing compared columns in short transactions; return the number of rows."""
    return sum(_fill(model) for model in MODELS)


def _fill(model: Any) -> int:
    filled = 0
    while _select_unfilled(model).exists() and (batch := _fill_batch(model)):
        filled += batch
        yield_to_writers()
    return filled


def _fill_batch(model: Any) -> int:
    """Fill some rows. On PostgreSQL, skip those that another transaction holds."""
    query = _select_unfilled(model).limit(BATCH_SIZE)
    with db.atomic():
        rows = list(query.for_update(skip_locked=True) if db.for_update else query)
        for row in rows:
            update_compared_text(row)
            row.save()
    return len(rows)


def _select_unfilled(model: Any) -> Any:
    return model.select().where(model.search_text.is_null())
