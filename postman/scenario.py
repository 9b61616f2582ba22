"""Scenario of a run of the whole collection with a test key.

Operations outside the scenario follow at the end of their folder, with the examples of the document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from postman import scripts


@dataclass(frozen=True)
class Step:
    """One request of the scenario; the document supplies what a step leaves out.

    `status` is the expected status instead of the documented successes, and `code` the expected error code. `query`,
    `headers` and `body` replace examples. `before` and `after` are JavaScript; `after` reads the response as `body`.
    """

    operation: str
    name: str = ""
    status: int | None = None
    code: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    before: str = ""
    after: str = ""


BUYER_EMAIL = "clara.weiss@example.com"
BUYER = {
    "external_id": "postman-buyer",
    "email": BUYER_EMAIL,
    "phone": "+493023125014",
    "first_name": "Clara",
    "last_name": "Weiss",
    "address": {"line1": "Lindenallee 12", "city": "Berlin", "postal_code": "10117", "country": "DE"},
}
COMPANY = {
    "external_id": "postman-company",
    "email": "marco.bellini@example.com",
    "company": "Bellini Orologi",
    "vat_id": "IT01234567890",
}
UNREACHABLE = {"last_name": "Novak", "phone": "12"}
ORDER = {
    "external_id": "{{orderExternalId}}",
    "customer": {"id": "{{customer_id}}"},
    "items": [{"listing_id": "{{listing_id}}"}],
    "note": "Insured shipping, signature required.",
}
SECOND_ORDER = {"customer": {"id": "{{customer_id}}"}, "items": [{"listing_id": "{{listing_id}}"}]}

SCENARIO = (
    Step("getHealth"),
    Step("getOpenapi", after=scripts.CHECK_OPENAPI),
    Step("getMe", after=scripts.REQUIRE_TEST_KEY),
    Step(
        "listListings",
        name="List the watches for sale",
        query={"limit": "10", "status": "in_stock", "published": "true"},
        after=scripts.CHECK_LISTINGS,
    ),
    Step("getListing", after=scripts.CHECK_LISTING),
    Step(
        "getListing",
        name="Get a listing again, unchanged",
        status=304,
        headers={"If-None-Match": "{{etag}}"},
        after=scripts.CHECK_EMPTY_BODY,
    ),
    Step("upsertCustomer", body=BUYER, after=scripts.CHECK_BUYER),
    Step("getCustomer", after=scripts.CHECK_BUYER),
    Step(
        "listCustomers",
        name="Find customers by email",
        query={"email": BUYER_EMAIL},
        after=scripts.CHECK_BUYER_FOUND,
    ),
    Step(
        "bulkUpsertCustomers",
        name="Upsert several, one invalid",
        body={"customers": [BUYER, COMPANY, UNREACHABLE]},
        after=scripts.CHECK_ONE_ROW_FAILED,
    ),
    Step("createOrder", body=ORDER, before=scripts.PREPARE_ORDER, after=scripts.CHECK_ORDER_RECEIVED),
    Step(
        "createOrder",
        name="Repeat the order with the same Idempotency-Key",
        body=ORDER,
        before=scripts.REUSE_IDEMPOTENCY_KEY,
        after=scripts.CHECK_REPLAY,
    ),
    Step(
        "createOrder",
        name="Order the same watch again",
        status=409,
        code="listing_not_available",
        body=SECOND_ORDER,
        after=scripts.CHECK_ERROR_PARAM,
    ),
    Step("getOrder", after=scripts.CHECK_ORDER),
    Step(
        "listOrders",
        name="Find orders by external id",
        query={"external_id": "{{orderExternalId}}"},
        after=scripts.CHECK_ONE_RESULT,
    ),
    Step("cancelOrder", after=scripts.CHECK_ORDER_CANCELLED),
    Step("cancelOrder", name="Cancel the order again", status=409, code="order_not_cancellable"),
    Step(
        "listEvents",
        name="List the events of the order",
        query={"resource_id": "{{order_id}}"},
        after=scripts.CHECK_ORDER_EVENTS,
    ),
    Step("getEvent", after=scripts.CHECK_DELIVERIES),
    Step("sendWebhookPing", after=scripts.CHECK_PING),
)
