"""One request per code of the error catalogue that is rejected with this code."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from requests import Response

from models.accounts.integration import Integration
from models.customer import Customer
from tests.cast import Cast, create_person
from tests.client import Client
from tests.contract.wire import exchange
from tests.handlers.database_conditions import concurrent_writer, corrupt_photos, short_lock_timeout
from tests.handlers.request_progress import wait_until_received
from tests.handlers.source_address import client_from
from tests.hub import Server

UNKNOWN_KEY = "wth_" + "0" * 32


@dataclass
class Stage:
    """The environment: a hub, its dealers, a hub with lock-out and short deadlines, and an address to lock out."""

    server: Server
    guarded: Server
    cast: Cast
    address: str

    def client(self, key: str | None = None) -> Client:
        return Client(self.server.url, key or self.cast.owner.test_key)

    @property
    def api(self) -> Client:
        return self.client()

    def listing_id(self, **values: Any) -> str:
        return self.cast.owner.listing(**values).id

    def raw(self, body: bytes, content_type: str = "application/json") -> Response:
        headers = {"Idempotency-Key": "one", "Content-Type": content_type}
        return self.api.session.post(self.server.url + "/customers", data=body, headers=headers, timeout=10)


def missing_key(stage: Stage) -> Response:
    return Client(stage.server.url, None).get("/me")


def disabled_integration(stage: Stage) -> Response:
    Integration.of(stage.cast.owner.dealer).switch(is_enabled=False)
    return stage.api.get("/me")


def missing_idempotency_key_header(stage: Stage) -> Response:
    return stage.api.session.post(stage.server.url + "/orders", json={}, timeout=10)


def sold_listing(stage: Stage) -> Response:
    free, sold = stage.listing_id(), stage.listing_id()
    stage.api.order(sold)
    return stage.api.order(free, sold)


def cancelled_order(stage: Stage) -> Response:
    path = f"/orders/{stage.api.order(stage.listing_id()).json()['id']}/cancel"
    stage.api.post(path)
    return stage.api.post(path)


def duplicate_external_id_of_order(stage: Stage) -> Response:
    stage.api.order(stage.listing_id(), external_id="web-1")
    return stage.api.order(stage.listing_id(), external_id="web-1")


def identifiers_of_two_customers(stage: Stage) -> Response:
    for fields in ({"email": "anna@shop.example"}, {"external_id": "crm-1"}):
        Customer.upsert(stage.cast.owner.actor(), fields)
    return stage.api.post("/customers", {"email": "anna@shop.example", "external_id": "crm-1"})


def key_reused(stage: Stage) -> Response:
    stage.api.post("/customers", {"email": "a@b.example"}, key="one")
    return stage.api.post("/customers", {"email": "c@d.example"}, key="one")


def key_in_use(stage: Stage) -> Response:
    first, body = stage.api, {"email": "a@b.example"}
    first.get("/me")
    with ThreadPoolExecutor(1) as pool, concurrent_writer():
        pool.submit(first.post, "/customers", body, key="one")
        wait_until_received(stage.api, spent=1)
        return stage.api.post("/customers", body, key="one")


def no_tokens_left(stage: Stage) -> Response:
    Integration.update(rate_limit=1).execute()
    stage.api.get("/me")
    return stage.api.get("/me")


def locked_out(stage: Stage) -> Response:
    client = client_from(stage.guarded, UNKNOWN_KEY, stage.address)
    return [client.get("/me") for _ in range(11)][-1]


def corrupt_row(stage: Stage) -> Response:
    listing_id = stage.listing_id()
    corrupt_photos(listing_id, "not JSON")
    return stage.api.get(f"/listings/{listing_id}")


def busy_database(stage: Stage) -> Response:
    stage.api.get("/me")
    with short_lock_timeout(), concurrent_writer():
        return stage.api.post("/customers", {"email": "a@b.example"})


ErrorCase = tuple[Callable[[Stage], Response], str | None]  # and the expected `param`

ERROR_CASES: dict[str, ErrorCase] = {
    "missing_authorization": (missing_key, None),
    "malformed_authorization": (lambda stage: stage.client("wth_short").get("/me"), None),
    "invalid_api_key": (lambda stage: stage.client(UNKNOWN_KEY).get("/me"), None),
    "integration_disabled": (disabled_integration, None),
    "plan_required": (
        lambda stage: stage.client(create_person("Small Shop", tier="starter").test_key).get("/me"),
        None,
    ),
    "test_mode_active": (lambda stage: stage.client(stage.cast.owner.live_key).order("inv_x"), None),
    "test_key_required": (lambda stage: stage.client(stage.cast.owner.live_key).post("/test/webhook_ping"), None),
    "validation_failed": (lambda stage: stage.api.order("inv_x", items=[{"listing_id": 5}]), "$.items[0].listing_id"),
    "invalid_json": (lambda stage: stage.raw(b"{"), "$"),
    "missing_idempotency_key": (missing_idempotency_key_header, "Idempotency-Key"),
    "invalid_idempotency_key": (lambda stage: stage.api.order("inv_x", key="k" * 256), "Idempotency-Key"),
    "invalid_cursor": (lambda stage: stage.api.get("/orders", after="none"), "after"),
    "not_acceptable": (lambda stage: stage.api.get("/me", headers={"Accept": "text/html"}), "Accept"),
    "body_too_large": (lambda stage: stage.raw(b" " * 1_100_000), None),
    "request_timeout": (lambda stage: exchange(stage.guarded, b"GET /api/v1/me HTTP/1.1\r\n"), None),
    "unsupported_media_type": (lambda stage: stage.raw(b"{}", "text/plain"), "Content-Type"),
    "route_not_found": (lambda stage: stage.api.get("/nowhere"), None),
    "listing_not_found": (lambda stage: stage.api.get("/listings/inv_unknown"), None),
    "customer_not_found": (lambda stage: stage.api.get("/customers/cus_unknown"), None),
    "order_not_found": (lambda stage: stage.api.post("/orders/ord_unknown/cancel"), None),
    "event_not_found": (lambda stage: stage.api.get("/events/evt_unknown"), None),
    "method_not_allowed": (lambda stage: stage.api.session.delete(stage.server.url + "/orders"), None),
    "listing_not_available": (sold_listing, "$.items[1].listing_id"),
    "order_not_cancellable": (cancelled_order, None),
    "duplicate_external_id": (duplicate_external_id_of_order, "$.external_id"),
    "customer_ambiguous": (identifiers_of_two_customers, "$"),
    "webhook_not_configured": (lambda stage: stage.api.post("/test/webhook_ping"), None),
    "key_reused_with_different_body": (key_reused, "Idempotency-Key"),
    "idempotency_key_in_use": (key_in_use, "Idempotency-Key"),
    "too_many_requests": (no_tokens_left, None),
    "too_many_failed_attempts": (locked_out, None),
    "internal_error": (corrupt_row, None),
    "service_unavailable": (busy_database, None),
}
