"""Operations: names, authentication, rate-limit tokens, headers and errors."""

import pytest

from spec.document import SAFE_METHODS, read_document
from tests.spec.reading import Operation, operations, parameters, responses

DOCUMENT = read_document()
OPERATIONS = {each.node["operationId"]: each for each in operations(DOCUMENT) if not each.is_webhook}
WEBHOOKS = {each.route: each for each in operations(DOCUMENT) if each.is_webhook}

EXPECTED = """
getHealth            GET  /health                      Health       0
getOpenapi           GET  /openapi.json                Contract     0
getMe                GET  /me                          Integration  1
listListings         GET  /listings                    Listings     1
getListing           GET  /listings/{listing_id}       Listings     1
listCustomers        GET  /customers                   Customers    1
getCustomer          GET  /customers/{customer_id}     Customers    1
upsertCustomer       POST /customers                   Customers    1
bulkUpsertCustomers  POST /customers/bulk              Customers    2
listOrders           GET  /orders                      Orders       1
getOrder             GET  /orders/{order_id}           Orders       1
createOrder          POST /orders                      Orders       1
cancelOrder          POST /orders/{order_id}/cancel    Orders       2
listEvents           GET  /events                      Events       1
getEvent             GET  /events/{event_id}           Events       1
sendWebhookPing      POST /test/webhook_ping           Testing      1
triggerTestEvent     POST /test/events                 Testing      2
resetSandbox         POST /test/sandbox/reset          Testing      10
advanceTestDeliveries POST /test/deliveries/advance    Testing      2
verifySignature      POST /test/verify                 Testing      2
"""
PUBLIC = {"getHealth", "getOpenapi"}
CONDITIONAL = {"getOpenapi", "getListing", "getCustomer", "getOrder", "getEvent"}
FILTERS = {
    "listListings": {"limit", "after", "updated_after", "status", "published", "brand", "reference"},
    "listCustomers": {"limit", "after", "updated_after", "email", "external_id"},
    "listOrders": {"limit", "after", "updated_after", "status", "external_id", "listing_id"},
    "listEvents": {"limit", "after", "wait", "type", "resource_id", "since"},
}
CONFLICTS = {
    "upsertCustomer": {"customer_ambiguous"},
    "bulkUpsertCustomers": set(),
    "createOrder": {"listing_not_available", "duplicate_external_id", "customer_ambiguous"},
    "cancelOrder": {"order_not_cancellable"},
    "sendWebhookPing": {"webhook_not_configured"},
    "triggerTestEvent": {
        *("listing_not_available", "duplicate_external_id", "customer_ambiguous", "webhook_not_configured"),
    },
    "resetSandbox": set(),
    "advanceTestDeliveries": set(),
    "verifySignature": set(),
}
MISSING = {
    "getListing": {"listing_not_found"},
    "getCustomer": {"customer_not_found"},
    "getOrder": {"order_not_found"},
    "getEvent": {"event_not_found"},
    "createOrder": {"listing_not_found", "customer_not_found"},
    "cancelOrder": {"order_not_found"},
    "triggerTestEvent": {"listing_not_found", "customer_not_found"},
}
EVENTS = (
    *("listing.published", "listing.unpublished", "listing.updated", "listing.sold", "listing.in_stock"),
    *("order.received", "order.fulfilled", "order.cancelled", "customer.matched", "integration.test_event"),
)
ALWAYS = {"X-Request-Id", "X-API-Version"}
RATE = {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit-Policy", "RateLimit"}


def every(names: set[str] | None = None) -> pytest.MarkDecorator:
    chosen = [each for name, each in OPERATIONS.items() if names is None or name in names]
    return pytest.mark.parametrize("operation", chosen, ids=lambda each: each.node["operationId"])


AUTHENTICATED = set(OPERATIONS) - PUBLIC
WRITES = {name for name, each in OPERATIONS.items() if each.verb.upper() not in SAFE_METHODS}
TEST_KEY_ONLY = {"sendWebhookPing", "triggerTestEvent", "resetSandbox", "advanceTestDeliveries", "verifySignature"}


def names_of(operation: Operation, where: str) -> set[str]:
    return {each["name"] for each in parameters(DOCUMENT, operation) if each["in"] == where}


def codes(operation: Operation, status: str) -> set[str]:
    response = dict(responses(DOCUMENT, operation)).get(status, {"content": {}})
    return set(response["content"].get("application/json", {}).get("examples", {}))


def test_operations_are_exactly_the_expected_ones() -> None:
    written = [
        [name, each.verb.upper(), each.route, each.node["tags"][0], str(each.node["x-rate-limit-tokens"])]
        for name, each in OPERATIONS.items()
    ]
    assert sorted(written) == sorted(line.split() for line in EXPECTED.strip().splitlines())


def test_everything_except_health_and_the_document_requires_a_key() -> None:
    assert DOCUMENT["security"] == [{"apiKey": []}]
    assert {name for name, each in OPERATIONS.items() if each.node.get("security") == []} == PUBLIC


def test_every_write_and_nothing_else_requires_an_idempotency_key() -> None:
    declaring = {name for name, each in OPERATIONS.items() if "Idempotency-Key" in names_of(each, "header")}
    assert declaring == WRITES
    assert DOCUMENT["components"]["parameters"]["IdempotencyKey"]["required"] is True


@every(set(FILTERS))
def test_list_has_the_expected_parameters(operation: Operation) -> None:
    assert names_of(operation, "query") == FILTERS[operation.node["operationId"]]


def test_only_lists_have_query_parameters() -> None:
    assert {name for name, each in OPERATIONS.items() if names_of(each, "query")} == set(FILTERS)


def test_conditional_reads_document_etag_and_304() -> None:
    readers = {name for name, each in OPERATIONS.items() if "If-None-Match" in names_of(each, "header")}
    assert readers == CONDITIONAL
    assert {name for name, each in OPERATIONS.items() if "304" in each.node["responses"]} == CONDITIONAL
    for name in CONDITIONAL:
        documented = dict(responses(DOCUMENT, OPERATIONS[name]))
        assert all("ETag" in documented[status]["headers"] for status in ("200", "304"))


@every(AUTHENTICATED)
def test_authenticated_operation_documents_the_common_errors(operation: Operation) -> None:
    assert {"400", "401", "403", "406", "429", "500", "503", "default"} <= set(operation.node["responses"])
    assert {"integration_disabled", "plan_required"} <= codes(operation, "403")


@every(WRITES)
def test_write_documents_the_errors_of_a_body(operation: Operation) -> None:
    assert {"409", "413", "415"} <= set(operation.node["responses"])
    idempotency = {"missing_idempotency_key", "invalid_idempotency_key"}
    assert codes(operation, "400") == {"validation_failed", "invalid_json"} | idempotency


def test_operations_for_test_keys_only_are_marked() -> None:
    marks = {name: each.node["x-test-key-only"] for name, each in OPERATIONS.items() if "x-test-key-only" in each.node}
    assert marks == dict.fromkeys(TEST_KEY_ONLY, True)


@every(AUTHENTICATED)
def test_operation_documents_the_modes_that_it_rejects(operation: Operation) -> None:
    """A write for test keys only never fails with `test_mode_active`."""
    rejected = codes(operation, "403") & {"test_key_required", "test_mode_active"}
    if "x-test-key-only" in operation.node:
        assert rejected == {"test_key_required"}
    else:
        assert rejected == ({"test_mode_active"} if operation.node["operationId"] in WRITES else set())


@every(WRITES)
def test_write_documents_its_conflicts(operation: Operation) -> None:
    idempotency = {"key_reused_with_different_body", "idempotency_key_in_use"}
    assert codes(operation, "409") == CONFLICTS[operation.node["operationId"]] | idempotency


@every()
def test_operation_documents_its_not_found_errors(operation: Operation) -> None:
    assert codes(operation, "404") == MISSING.get(operation.node["operationId"], set())


@every(AUTHENTICATED)
def test_responses_document_their_headers(operation: Operation) -> None:
    for status, response in responses(DOCUMENT, operation):
        headers = set(response["headers"])
        assert headers >= (ALWAYS if status == "401" else ALWAYS | RATE)
        assert ("WWW-Authenticate" in headers) == (status == "401")
        assert "Retry-After" in headers or status not in ("429", "503")
        if operation.node["operationId"] in WRITES and status in ("200", "201"):
            assert "Idempotent-Replay" in headers


@every(PUBLIC)
def test_public_operation_documents_its_errors(operation: Operation) -> None:
    assert {"400", "406", "500", "503", "default"} <= set(operation.node["responses"])
    assert not {"401", "403", "429"} & set(operation.node["responses"])


def test_each_webhook_carries_its_own_event() -> None:
    assert tuple(WEBHOOKS) == EVENTS
    schemas = DOCUMENT["components"]["schemas"]
    assert tuple(schemas["WebhookEventType"]["enum"]) == EVENTS
    assert tuple(schemas["WebhookEvent"]["discriminator"]["mapping"]) == EVENTS
    for event_type, webhook in WEBHOOKS.items():
        reference = webhook.node["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        assert reference == schemas["WebhookEvent"]["discriminator"]["mapping"][event_type]


@pytest.mark.parametrize("webhook", list(WEBHOOKS.values()), ids=lambda each: each.route)
def test_webhook_documents_its_headers_and_the_meaning_of_responses(webhook: Operation) -> None:
    hub_headers = {"WTH-Signature", "WTH-Event-Id", "WTH-Event-Type", "WTH-Delivery-Id", "WTH-Delivery-Attempt"}
    standard = {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert names_of(webhook, "header") == hub_headers | standard | {"traceparent"}
    assert list(webhook.node["responses"]) == ["2XX", "410", "default"]
