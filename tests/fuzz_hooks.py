"""What schemathesis must know of the API and no schema can say."""

import json
import os
import uuid
from itertools import cycle
from typing import Any

import schemathesis

# every second order is for a watch that exists; the others ask for one that does not
LISTINGS = cycle(id_or_none for known in json.loads(os.environ["WTH_FUZZ_LISTINGS"]) for id_or_none in (known, None))


@schemathesis.hook
def map_headers(context: Any, headers: dict[str, Any] | None) -> dict[str, Any] | None:
    """A valid Idempotency-Key becomes one of its own: a replay would be taken for a wrong answer."""
    key = (headers or {}).get("Idempotency-Key")
    if headers is not None and isinstance(key, str) and 1 <= len(key) <= 255 and key.isprintable() and key.isascii():
        headers["Idempotency-Key"] = uuid.uuid4().hex
    return headers


@schemathesis.hook
def map_query(context: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """Nobody waits half a minute for an event here."""
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
