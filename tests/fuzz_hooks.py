"""Schemathesis hooks for what no schema can express."""

import json
import os
import uuid
from itertools import cycle
from typing import Any

import schemathesis

# every second order is for an existing listing, the others for a missing one
LISTING_IDS = json.loads(os.environ["WTH_FUZZ_LISTINGS"])
LISTINGS = cycle(id_or_none for listing_id in LISTING_IDS for id_or_none in (listing_id, None))


@schemathesis.hook
def map_headers(context: Any, headers: dict[str, Any] | None) -> dict[str, Any] | None:
    """Make each valid Idempotency-Key unique, because schemathesis takes a replay for a wrong response."""
    key = (headers or {}).get("Idempotency-Key")
    if headers is not None and isinstance(key, str) and 1 <= len(key) <= 255 and key.isprintable() and key.isascii():
        headers["Idempotency-Key"] = uuid.uuid4().hex
    return headers


@schemathesis.hook
def map_query(context: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """Turn long polling off, which would hold each request for up to 30 seconds."""
    if query is not None and query.get("wait") in range(1, 31):
        query["wait"] = 0
    return query


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    items = body.get("items") if isinstance(body, dict) else None
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and isinstance(item.get("listing_id"), str):
            item["listing_id"] = next(LISTINGS) or item["listing_id"]
    return body
