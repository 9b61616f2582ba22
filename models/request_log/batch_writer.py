"""Writes recorded requests: a row for all requests of a dealer and mode."""

import secrets
from collections.abc import Mapping, Sequence

import orjson
import peewee

from models.clock import now
from models.database import db
from models.request_log.recorded_request import Mode, RecordedRequest
from models.request_log.request_batch import ID_BITS, RequestBatch, first_id

P = db.param
ADD_USAGE = f"""
INSERT INTO api_request_usage (dealer_id, is_test, byte_count, dropped_count, dropped_at)
VALUES ({P}, {P}, {P}, {P}, {P}) ON CONFLICT (dealer_id, is_test) DO UPDATE SET
byte_count = api_request_usage.byte_count + excluded.byte_count,
dropped_count = api_request_usage.dropped_count + excluded.dropped_count,
dropped_at = coalesce(excluded.dropped_at, api_request_usage.dropped_at)
RETURNING erased_at
"""


def write_requests(mode: Mode, requests: Sequence[RecordedRequest], dropped_count: int) -> None:
    """Write requests of a dealer and mode, and the number of those that were dropped.

    It is one transaction. Contents that a customer's erasure has overtaken are left out. Raises errors of the database.
    """
    batches = [_build(mode, some) for some in _divide(requests) if some]
    with db.atomic():
        usage = (*mode, sum(batch.size for batch in batches), dropped_count, now() if dropped_count else None)
        [erased_at] = db.execute_sql(ADD_USAGE, usage).fetchone()
        for batch in batches:
            if erased_at is not None and batch.first_at <= erased_at:
                batch.contents = None  # of all its requests, which are a second's
            _insert(batch)


def group_by_mode(
    requests: Sequence[RecordedRequest], dropped: Mapping[Mode, int]
) -> dict[Mode, list[RecordedRequest]]:
    """Group requests by dealer and mode.

    The modes of `dropped` requests have a group, which may be empty.
    """
    groups: dict[Mode, list[RecordedRequest]] = {mode: [] for mode in dropped}
    for request in requests:
        groups.setdefault(request.mode, []).append(request)
    return groups


def _divide(requests: Sequence[RecordedRequest]) -> tuple[list[RecordedRequest], list[RecordedRequest]]:
    """Divide requests into those without and with an error.

    So a search for errors reads nothing else.
    """
    by_result: tuple[list[RecordedRequest], list[RecordedRequest]] = ([], [])
    for request in requests:
        by_result[request.is_error].append(request)
    return by_result


def _build(mode: Mode, requests: Sequence[RecordedRequest]) -> RequestBatch:
    contents = [None if request.content is None else request.content.encode() for request in requests]
    times = [request.started_at for request in requests]
    return RequestBatch.of_values(
        {
            "dealer": mode[0],
            "is_test": mode[1],
            "first_at": min(times),
            "last_at": max(times),
            "is_error": requests[0].is_error,
            "request_count": len(requests),
            "size": sum(request.size for request in requests),
            "requests": _to_json([request.encode() for request in requests]),
            "contents": _to_json(contents) if any(contents) else None,
        }
    )


def _to_json(values: object) -> str:
    return orjson.dumps(values).decode()


def _insert(batch: RequestBatch) -> None:
    try:
        with db.atomic():
            _insert_with_new_id(batch)
    except peewee.IntegrityError:  # another process has chosen the same ID
        _insert_with_new_id(batch)


def _insert_with_new_id(batch: RequestBatch) -> None:
    batch.id = first_id(now()) | secrets.randbits(ID_BITS)
    batch.save(force_insert=True)
