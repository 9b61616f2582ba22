"""Rate limit: tokens per integration and minute, and the headers that announce it."""

import pytest
import requests

from models.accounts.integration import Integration
from spec.document import read_document
from tests.cast import Cast
from tests.client import Client, error_of
from tests.hub import Server
from tests.spec.reading import operations

TOKENS = {
    operation.node["operationId"]: operation.node["x-rate-limit-tokens"]
    for operation in operations(read_document())
    if operation.kind == "paths"
}

COSTING = [
    ("getMe", "get", "/me"),
    ("listListings", "get", "/listings"),
    ("getListing", "get", "/listings/inv_unknown"),
    ("listCustomers", "get", "/customers"),
    ("getCustomer", "get", "/customers/cus_unknown"),
    ("upsertCustomer", "post", "/customers"),
    ("bulkUpsertCustomers", "post", "/customers/bulk"),
    ("listOrders", "get", "/orders"),
    ("getOrder", "get", "/orders/ord_unknown"),
    ("createOrder", "post", "/orders"),
    ("cancelOrder", "post", "/orders/ord_unknown/cancel"),
    ("listEvents", "get", "/events"),
    ("getEvent", "get", "/events/evt_unknown"),
    ("sendWebhookPing", "post", "/test/webhook_ping"),
    ("triggerTestEvent", "post", "/test/events"),
    ("resetSandbox", "post", "/test/sandbox/reset"),
    ("advanceTestDeliveries", "post", "/test/deliveries/advance"),
    ("verifySignature", "post", "/test/verify"),
]

EXPENSIVE = {
    "bulkUpsertCustomers": 2,
    "cancelOrder": 2,
    "triggerTestEvent": 2,
    "verifySignature": 2,
    "advanceTestDeliveries": 2,
    "resetSandbox": 10,
}


def remaining_tokens(response: requests.Response) -> int:
    return int(response.headers["X-RateLimit-Remaining"])


def allow(cast: Cast, tokens: int) -> None:
    Integration.update(rate_limit=tokens).where(Integration.dealer == cast.owner.dealer).execute()


@pytest.mark.parametrize(("operation_id", "verb", "path"), COSTING)
def test_each_request_costs_the_tokens_of_the_spec(api: Client, operation_id: str, verb: str, path: str) -> None:
    before = remaining_tokens(api.get("/me"))
    response = api.get(path) if verb == "get" else api.post(path, {})
    assert before - remaining_tokens(response) == TOKENS[operation_id] == EXPENSIVE.get(operation_id, 1)


def test_operation_without_a_key_costs_nothing(api: Client) -> None:
    before = remaining_tokens(api.get("/me"))
    assert api.get("/health").ok
    assert api.get("/openapi.json").ok
    assert remaining_tokens(api.get("/me")) == before - 1
    assert set(TOKENS) - {operation_id for operation_id, _, _ in COSTING} == {"getHealth", "getOpenapi"}


def test_not_modified_costs_nothing_and_a_changed_row_does(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    first = api.get(f"/listings/{listing.id}")
    known = {"If-None-Match": first.headers["ETag"]}
    unchanged = api.get(f"/listings/{listing.id}", headers=known)
    assert (unchanged.status_code, remaining_tokens(unchanged)) == (304, remaining_tokens(first))
    listing.change(cast.owner.actor(), {"title": "Polished"})
    changed = api.get(f"/listings/{listing.id}", headers=known)
    assert (changed.status_code, remaining_tokens(changed)) == (200, remaining_tokens(first) - 1)


def test_very_many_not_modified_responses_cost_tokens(api: Client, cast: Cast) -> None:
    """Ten times the limit are free in each minute; a minute may end during the test."""
    path = f"/listings/{cast.owner.listing().id}"
    known = {"If-None-Match": api.get(path).headers["ETag"]}
    allow(cast, 5)
    responses = [api.get(path, headers=known) for _ in range(110)]
    first_rejected = [response.status_code for response in responses].index(429)
    assert {response.status_code for response in responses[:first_rejected]} == {304}
    assert 55 <= first_rejected <= 105


def test_rejected_conditional_request_costs_a_token(api: Client) -> None:
    before = remaining_tokens(api.get("/me"))
    missing = api.get("/listings/inv_unknown", headers={"If-None-Match": '"x"'})
    assert (missing.status_code, remaining_tokens(missing)) == (404, before - 1)
    invalid = api.get("/listings/inv_unknown", headers={"If-None-Match": '"x"'}, verbose="1")
    assert (invalid.status_code, remaining_tokens(invalid)) == (400, before - 2)


def test_replays_and_rejections_cost_as_much(api: Client, cast: Cast) -> None:
    order = api.order(cast.owner.listing().id, key="one")
    replay = api.order(order.json()["items"][0]["listing_id"], key="one")
    assert (replay.headers["Idempotent-Replay"], remaining_tokens(replay)) == ("true", remaining_tokens(order) - 1)
    rejected = api.order(order.json()["items"][0]["listing_id"])
    assert (rejected.status_code, remaining_tokens(rejected)) == (409, remaining_tokens(order) - 2)
    Integration.of(cast.owner.dealer).switch(is_enabled=False)
    forbidden = api.get("/me")
    assert (forbidden.status_code, remaining_tokens(forbidden)) == (403, remaining_tokens(order) - 3)


def test_request_over_the_limit_is_rejected_until_tokens_are_refilled(api: Client, cast: Cast) -> None:
    allow(cast, 3)
    assert [remaining_tokens(api.get("/me")) for _ in range(3)] == [2, 1, 0]
    rejected = api.get("/me")
    assert error_of(rejected) == (429, "too_many_requests", None)
    assert remaining_tokens(rejected) == 0
    assert 1 <= int(rejected.headers["Retry-After"]) <= 60
    assert rejected.headers["RateLimit"] == f'"default";r=0;t={rejected.headers["Retry-After"]}'


def test_request_that_costs_more_than_is_left_is_rejected_and_takes_nothing(api: Client, cast: Cast) -> None:
    allow(cast, 2)
    assert remaining_tokens(api.get("/me")) == 1
    rejected = api.post("/customers/bulk", {"customers": [{"email": "a@b.example"}]})
    assert (rejected.status_code, remaining_tokens(rejected)) == (429, 1)
    assert remaining_tokens(api.get("/me")) == 0


def test_rate_limited_write_changes_nothing(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    allow(cast, 1)
    api.get("/me")
    assert api.order(listing.id).status_code == 429
    allow(cast, 600)
    assert api.get(f"/listings/{listing.id}").json()["status"] == "in_stock"
    assert api.list_all("/orders") == []


def test_not_modified_is_limited_when_no_tokens_are_remaining_tokens(api: Client, cast: Cast) -> None:
    path = f"/listings/{cast.owner.listing().id}"
    allow(cast, 1)
    etag = api.get(path).headers["ETag"]
    assert api.get(path, headers={"If-None-Match": etag}).status_code == 429


def test_limit_is_set_per_integration(api: Client, stranger_api: Client, cast: Cast) -> None:
    allow(cast, 5)
    limited, unlimited = api.get("/me"), stranger_api.get("/me")
    assert (limited.headers["X-RateLimit-Limit"], limited.json()["rate_limit"]) == ("5", 5)
    assert limited.headers["RateLimit-Policy"] == '"default";q=5;w=60'
    assert unlimited.headers["X-RateLimit-Limit"] == "600"


def test_both_keys_of_an_integration_share_its_tokens(server: Server, cast: Cast) -> None:
    test, live, stranger = (
        Client(server.url, key) for key in (cast.owner.test_key, cast.owner.live_key, cast.stranger.test_key)
    )
    assert [remaining_tokens(client.get("/me")) for client in (test, live, stranger, test)] == [599, 598, 599, 597]
