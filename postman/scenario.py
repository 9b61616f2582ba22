"""Scenario of a run of the whole collection with a test key.

Each folder also runs alone, on an empty sandbox too: its first requests find or create what the others need, and a
request without it is skipped. Operations outside the scenario follow at the end of their folder, with the examples of
the document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from postman import scripts


@dataclass(frozen=True)
class Precondition:
    """A variable that requests need, and the reason to skip them if it is empty."""

    variable: str
    reason: str


@dataclass(frozen=True)
class Step:
    """One request of the scenario; the document supplies what a step leaves out.

    `folder` is the folder instead of the operation's tag. The request is skipped if an object of `needs` is missing.
    `status` is the expected status instead of the documented successes, and `code` the expected error code. `query`,
    `headers` and `body` replace examples. `before` and `after` are JavaScript; `after` reads the response as `body`.
    """

    operation: str
    name: str = ""
    folder: str = ""
    needs: Precondition | None = None
    status: int | None = None
    code: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    before: str = ""
    after: str = ""


WATCH = Precondition("listing_id", "the sandbox has no watch for sale. Reset the sandbox in the dashboard.")
ORDER = Precondition("order_id", "no order was placed, because the sandbox has no watch for sale.")
EVENT = Precondition("event_id", "there are no events yet. Run the folder Orders first.")
RESOURCE = Precondition("resourceId", "there are no events about an object yet. Run the folder Orders first.")
ENDPOINT = Precondition(
    "webhookUrl", "no enabled webhook endpoint receives test events. Add or enable one in the dashboard."
)

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
WATCHES_FOR_SALE = {"status": "in_stock", "published": "true"}
NEW_ORDER = {
    "external_id": "{{orderExternalId}}",
    "customer": {"external_id": BUYER["external_id"], "email": BUYER_EMAIL},
    "items": [{"listing_id": "{{listing_id}}"}],
    "note": "Insured shipping, signature required.",
}
SECOND_ORDER = {"customer": NEW_ORDER["customer"], "items": NEW_ORDER["items"]}

SCENARIO = (
    Step("getHealth"),
    Step("getOpenapi", after=scripts.CHECK_OPENAPI),
    Step("getMe", after=scripts.REQUIRE_TEST_KEY),
    Step(
        "listListings",
        name="List the watches for sale",
        query={"limit": "10", **WATCHES_FOR_SALE},
        after=scripts.CHECK_LISTINGS,
    ),
    Step("getListing", needs=WATCH, after=scripts.CHECK_LISTING),
    Step(
        "getListing",
        name="Get a listing again, unchanged",
        needs=WATCH,
        status=304,
        headers={"If-None-Match": "{{etag}}"},
        after=scripts.CHECK_EMPTY_BODY,
    ),
    Step("getMe", name="Check the key before creating customers", folder="Customers", after=scripts.REQUIRE_TEST_KEY),
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
    Step("getMe", name="Check the key before ordering a watch", folder="Orders", after=scripts.REQUIRE_TEST_KEY),
    Step(
        "listListings",
        name="Find a watch to order",
        folder="Orders",
        query={"limit": "1", **WATCHES_FOR_SALE},
        after=scripts.CHECK_LISTINGS + scripts.FORGET_ORDER,
    ),
    Step(
        "createOrder",
        needs=WATCH,
        body=NEW_ORDER,
        before=scripts.PREPARE_ORDER,
        after=scripts.CHECK_ORDER_RECEIVED,
    ),
    Step(
        "createOrder",
        name="Repeat the order with the same Idempotency-Key",
        needs=ORDER,
        body=NEW_ORDER,
        before=scripts.REUSE_IDEMPOTENCY_KEY,
        after=scripts.CHECK_REPLAY,
    ),
    Step(
        "createOrder",
        name="Order the same watch again",
        needs=ORDER,
        status=409,
        code="listing_not_available",
        body=SECOND_ORDER,
        after=scripts.CHECK_ERROR_PARAM,
    ),
    Step("getOrder", needs=ORDER, after=scripts.CHECK_ORDER),
    Step(
        "listOrders",
        name="Find orders by external id",
        needs=ORDER,
        query={"external_id": "{{orderExternalId}}"},
        after=scripts.CHECK_ONE_RESULT,
    ),
    Step("cancelOrder", needs=ORDER, after=scripts.CHECK_ORDER_CANCELLED),
    Step("cancelOrder", name="Cancel the order again", needs=ORDER, status=409, code="order_not_cancellable"),
    Step(
        "listEvents",
        name="List the events of the order",
        folder="Orders",
        needs=ORDER,
        query={"resource_id": "{{order_id}}"},
        after=scripts.CHECK_ORDER_EVENTS,
    ),
    Step("listEvents", query={"limit": "10"}, after=scripts.CHECK_EVENTS),
    Step("getEvent", needs=EVENT, after=scripts.CHECK_DELIVERIES),
    Step(
        "listEvents",
        name="List the events about the same object",
        needs=RESOURCE,
        query={"resource_id": "{{resourceId}}"},
        after=scripts.CHECK_RESOURCE_EVENTS,
    ),
    Step(
        "getMe",
        name="Check the key and the webhook endpoint",
        folder="Testing",
        after=scripts.REQUIRE_TEST_KEY + scripts.STORE_ENDPOINT,
    ),
    Step("sendWebhookPing", needs=ENDPOINT, after=scripts.CHECK_PING),
)
