"""Retention of the API request log, by age and by size, in short transactions."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import config
from models.base import fetch_tuples
from models.batches import yield_to_writers
from models.database import db
from models.dealer import Actor
from models.request_log.request_batch import KEPT_MS, RequestLogUsage, first_id
from models.retention import PAUSE_SECONDS

MIB = 2**20
BATCHES = 50  # in one transaction, with up to 16 MiB
FAR = 2**63 - 1

P = db.param
OLDEST = f"SELECT id FROM api_request_batch WHERE id < {P} ORDER BY id LIMIT {BATCHES}"
OLDEST_OF_DEALER = f"""
SELECT id FROM api_request_batch WHERE dealer_id = {P} AND is_test = {P} AND id < {P} ORDER BY id LIMIT {BATCHES}
"""
DELETE = "DELETE FROM api_request_batch WHERE id IN ({ids}) RETURNING dealer_id, is_test, size"
SUBTRACT = f"UPDATE api_request_usage SET byte_count = byte_count - {P} WHERE dealer_id = {P} AND is_test = {P}"
FORGET_DROPPED = f"UPDATE api_request_usage SET dropped_count = 0, dropped_at = NULL WHERE dropped_at < {P}"
MARK_ERASED = f"""
INSERT INTO api_request_usage (dealer_id, is_test, byte_count, dropped_count, erased_at) VALUES ({P}, {P}, 0, 0, {P})
ON CONFLICT (dealer_id, is_test) DO UPDATE SET erased_at = excluded.erased_at
"""
ERASE = f"""
UPDATE api_request_batch SET contents = NULL WHERE id IN (
  SELECT id FROM api_request_batch WHERE dealer_id = {P} AND is_test = {P} AND contents IS NOT NULL AND first_at <= {P}
  ORDER BY id LIMIT {BATCHES})
"""


def delete_old_requests(at: int) -> int:
    """Delete batches written over 14 days before `at` (ms); return their number."""
    db.execute_sql(FORGET_DROPPED, (at - KEPT_MS,))
    return _delete_all(OLDEST, (first_id(at - KEPT_MS),), FAR)


def delete_excess_requests() -> int:
    """Delete the oldest batches of dealers that have more than WTH_REQUEST_LOG_MIB.

    Returns the number of deleted batches.
    """
    limit, usage = config.REQUEST_LOG_MIB * MIB, RequestLogUsage
    query = usage.select(usage.dealer, usage.is_test, usage.byte_count).where(usage.byte_count > limit)
    return sum(
        _delete_all(OLDEST_OF_DEALER, (dealer_id, is_test, FAR), size - limit)
        for dealer_id, is_test, size in fetch_tuples(query)
    )


def mark_erased(actor: Actor, at: int) -> None:
    """From now on, write no contents of requests that began until `at` (ms).

    Call it in the transaction of an erasure, and `delete_marked_contents` after it.
    """
    db.execute_sql(MARK_ERASED, (actor.dealer.id, actor.is_test, at))


def delete_marked_contents(actor: Actor) -> int:
    """Delete the contents of requests until the time that `mark_erased` has stored.

    Returns the number of batches that had any.
    """
    usage = RequestLogUsage.of(actor)
    if usage is None or usage.erased_at is None:
        return 0
    return _erase(actor.dealer.id, actor.is_test, usage.erased_at)


def delete_all_marked_contents() -> int:
    """Delete what an erasure has marked but not deleted, because its process died.

    Returns the number of batches.
    """
    usage = RequestLogUsage
    query = usage.select(usage.dealer, usage.is_test, usage.erased_at).where(usage.erased_at.is_null(False))
    return sum(_erase(dealer_id, is_test, erased_at) for dealer_id, is_test, erased_at in fetch_tuples(query))


def _erase(dealer_id: str, is_test: bool, erased_at: int) -> int:
    erased = 0
    while batches := int(db.execute_sql(ERASE, (dealer_id, is_test, erased_at)).rowcount):
        erased += batches
        yield_to_writers(PAUSE_SECONDS)
    return erased


def _delete_all(oldest: str, values: Sequence[Any], size: int) -> int:
    """Delete batches until they had at least `size` bytes together, or none is left."""
    deleted = 0
    while size > 0 and (ids := [row_id for (row_id,) in db.execute_sql(oldest, values).fetchall()]):
        with db.atomic():
            rows = db.execute_sql(DELETE.format(ids=", ".join(P for _ in ids)), ids).fetchall()
            size -= _subtract(rows)
        deleted += len(rows)
        yield_to_writers(PAUSE_SECONDS)
    return deleted


def _subtract(rows: Sequence[tuple[str, bool, int]]) -> int:
    """Subtract deleted batches from what their dealers have; return their bytes."""
    sizes: Counter[tuple[str, bool]] = Counter()
    for dealer_id, is_test, size in rows:
        sizes[dealer_id, bool(is_test)] += size
    for (dealer_id, is_test), size in sorted(sizes.items()):
        db.execute_sql(SUBTRACT, (size, dealer_id, is_test))
    return sizes.total()
