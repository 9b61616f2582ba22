"""The trial of a client package: its program against the real hub, a flaky one, a newer one, and real deliveries."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docs.generate import FOLDER as DOCS
from tests.cast import Cast
from tests.client import Client
from tests.clients.flaky_hub import LOST, serve_flaky
from tests.clients.newer_hub import UNKNOWN_CODE, UNKNOWN_TYPE, serve_newer
from tests.hub import Server
from tests.receiver import Receiver
from tests.worker import work_off

PAGE_OUTPUT = ["received", "listing_not_available $.items[0].listing_id"]
Program = Callable[..., Any]  # takes the arguments, and the settings `url` and `key`; returns what the program prints
BUSY = (
    429,
    {"Retry-After": "7"},
    b'{"error":{"type":"rate_limit_error","code":"too_many_requests","message":"Wait."}}',
)


def check_shop(program: Program, server: Server, cast: Cast, api: Client) -> None:
    """A lost response and a 429 cost no second order, and every operation gives what the hub has."""
    cast.owner.listings(5)
    listed = [row["id"] for row in api.list_all("/listings")]
    with serve_flaky(server.site, {"POST /orders": [LOST], "GET /customers": [BUSY]}) as hub:
        result = program("shop", url=hub.url, key=cast.owner.test_key)
    first, second, third = hub.sent("POST /orders")
    assert first[0]["idempotency-key"] == second[0]["idempotency-key"] != third[0]["idempotency-key"]
    assert first[1] == second[1]
    assert len(hub.sent("GET /listings")) == 3  # pages of two
    assert result["slept"] == [0.25, 7]  # the shortest backoff, then Retry-After
    assert result["listings"] == listed
    assert result["orders"] == [result["order"]] == [row["id"] for row in api.list_all("/orders")]
    assert result["rejected"] == [409, "conflict_error", "listing_not_available", "$.items[0].listing_id", True, "req_"]
    assert (result["customers"], result["cancelled"], result["mode"]) == (1, "cancelled", "test")
    assert result["events"] == [row["event"] for row in api.list_all("/events")]


def check_newer_hub(program: Program, server: Server, cast: Cast, api: Client) -> None:
    """Unknown fields, codes and events reach the dealer's code."""
    cast.owner.listing()
    with serve_newer(server.url) as url:
        result = program("newer", url=url, key=cast.owner.test_key)
    assert result["fields"] is True
    assert result["error"] == ["NotFoundError", UNKNOWN_CODE]
    assert result["events"] == [*(row["event"] for row in api.list_all("/events")), UNKNOWN_TYPE]


def check_delivery(program: Program, cast: Cast, folder: Path) -> None:
    """A delivery that the worker signed is verified with the second of two secrets."""
    with Receiver() as receiver:
        _, secret = cast.owner.endpoint(receiver.url)
        cast.owner.listing(model="Œuvre")
        work_off()
        delivered = receiver.wait_for(1)[0]
    headers = {name.lower(): value for name, value in delivered.headers.items()}
    file = folder / "delivery.json"
    file.write_text(json.dumps({"headers": headers, "body": delivered.body.decode(), "secret": secret}))
    assert program("event", str(file)) == ["listing.published", delivered.event["id"]]


def check_vectors(program: Program) -> None:
    """Each published vector is verified as it says."""
    vectors = json.loads((DOCS / "vectors.json").read_text())["vectors"]
    results = program("vectors", str(DOCS / "vectors.json"))
    names = [vector["name"] for vector in vectors]
    assert dict(zip(names, results, strict=True)) == {vector["name"]: vector["valid"] for vector in vectors}
