"""What a run of the whole collection tells: a test key's first day, from `me` to the ping.

Operations that are not in the story stand at the end of their folder, as the document describes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from postman import scripts


@dataclass(frozen=True)
class Step:
    """One request of the story. What is left out comes from the document.

    `status` is expected instead of the documented successes, with this error `code` for a refusal. `query`, `headers`
    and `body` replace examples. `before` and `after` are JavaScript; `after` sees the answer as `body`.
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

STORY = (
    Step("getHealth"),
    Step("getOpenapi", after=scripts.IS_OPENAPI),
    Step("getMe", after=scripts.NEEDS_TEST_KEY),
    Step(
        "listListings",
        name="List the watches for sale",
        query={"limit": "10", "status": "in_stock", "published": "true"},
        after=scripts.PICKS_A_WATCH,
    ),
    Step("getListing", after=scripts.IS_THE_WATCH),
    Step(
        "getListing",
        name="Get it again, unchanged",
        status=304,
        headers={"If-None-Match": "{{etag}}"},
        after=scripts.IS_EMPTY,
    ),
    Step("upsertCustomer", body=BUYER, after=scripts.IS_THE_BUYER),
    Step("getCustomer", after=scripts.IS_THE_BUYER),
    Step(
        "listCustomers",
        name="Find customers by e-mail",
        query={"email": BUYER_EMAIL},
        after=scripts.FINDS_THE_BUYER,
    ),
    Step(
        "bulkUpsertCustomers",
        name="Upsert many, one of them bad",
        body={"customers": [BUYER, COMPANY, UNREACHABLE]},
        after=scripts.ONE_ROW_FAILED,
    ),
    Step("createOrder", body=ORDER, before=scripts.NEW_ORDER, after=scripts.IS_RECEIVED),
    Step(
        "createOrder",
        name="Repeat it with the same Idempotency-Key",
        body=ORDER,
        before=scripts.SAME_KEY,
        after=scripts.IS_A_REPLAY,
    ),
    Step(
        "createOrder",
        name="Order the same watch again",
        status=409,
        code="listing_not_available",
        body=SECOND_ORDER,
        after=scripts.BLAMES_THE_ITEM,
    ),
    Step("getOrder", after=scripts.IS_THE_ORDER),
    Step(
        "listOrders",
        name="Find orders by your own id",
        query={"external_id": "{{orderExternalId}}"},
        after=scripts.FINDS_ONE,
    ),
    Step("cancelOrder", after=scripts.IS_CANCELLED),
    Step("cancelOrder", name="Cancel it again", status=409, code="order_not_cancellable"),
    Step(
        "listEvents",
        name="Read what happened to the order",
        query={"resource_id": "{{order_id}}"},
        after=scripts.TELLS_THE_STORY,
    ),
    Step("getEvent", after=scripts.HAS_DELIVERIES),
    Step("sendWebhookPing", after=scripts.IS_A_PING),
)
