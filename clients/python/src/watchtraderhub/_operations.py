"""The operations of the API by tag.

Generated from the hub's OpenAPI document: `make generate` writes this file.
"""

from __future__ import annotations

from typing import Any, cast

from watchtraderhub import _models as models
from watchtraderhub._transport import Transport, fill_path
from watchtraderhub.pages import Pages


class Health:
    """Health of the hub."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> models.Health:
        """Check API health."""
        return cast("models.Health", self._transport.get("/health"))


class Contract:
    """The OpenAPI document of this API."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get_openapi(self) -> models.OpenapiDocument:
        """Get the OpenAPI document."""
        return cast("models.OpenapiDocument", self._transport.get("/openapi.json"))


class Integration:
    """The integration that the API key belongs to."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get_me(self) -> models.Me:
        """Get the current integration."""
        return cast("models.Me", self._transport.get("/me"))


class Listings:
    """Watches published to the custom channel."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        limit: int | None = None,
        after: str | None = None,
        updated_after: str | None = None,
        status: models.ListingStatus | None = None,
        published: bool | None = None,
        brand: str | None = None,
        reference: str | None = None,
    ) -> Pages[models.Listing]:
        """List listings."""
        query: dict[str, Any] = {
            "limit": limit,
            "after": after,
            "updated_after": updated_after,
            "status": status,
            "published": published,
            "brand": brand,
            "reference": reference,
        }
        return self._transport.list("/listings", query)

    def get(
        self,
        listing_id: str,
    ) -> models.Listing:
        """Get a listing."""
        path = fill_path("/listings/{}", listing_id)
        return cast("models.Listing", self._transport.get(path))


class Customers:
    """Buyers."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        limit: int | None = None,
        after: str | None = None,
        updated_after: str | None = None,
        email: str | None = None,
        external_id: str | None = None,
    ) -> Pages[models.Customer]:
        """List customers."""
        query: dict[str, Any] = {
            "limit": limit,
            "after": after,
            "updated_after": updated_after,
            "email": email,
            "external_id": external_id,
        }
        return self._transport.list("/customers", query)

    def upsert(
        self,
        body: models.CustomerInput,
        *,
        idempotency_key: str | None = None,
    ) -> models.UpsertedCustomer:
        """Create or match a customer."""
        return cast("models.UpsertedCustomer", self._transport.post("/customers", body, idempotency_key))

    def bulk_upsert(
        self,
        body: models.BulkCustomersInput,
        *,
        idempotency_key: str | None = None,
    ) -> models.BulkResult:
        """Create or match customers in bulk."""
        return cast("models.BulkResult", self._transport.post("/customers/bulk", body, idempotency_key))

    def get(
        self,
        customer_id: str,
    ) -> models.Customer:
        """Get a customer."""
        path = fill_path("/customers/{}", customer_id)
        return cast("models.Customer", self._transport.get(path))


class Orders:
    """Sales."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        limit: int | None = None,
        after: str | None = None,
        updated_after: str | None = None,
        status: models.OrderStatus | None = None,
        external_id: str | None = None,
        listing_id: str | None = None,
    ) -> Pages[models.Order]:
        """List orders."""
        query: dict[str, Any] = {
            "limit": limit,
            "after": after,
            "updated_after": updated_after,
            "status": status,
            "external_id": external_id,
            "listing_id": listing_id,
        }
        return self._transport.list("/orders", query)

    def create(
        self,
        body: models.OrderInput,
        *,
        idempotency_key: str | None = None,
    ) -> models.Order:
        """Create an order."""
        return cast("models.Order", self._transport.post("/orders", body, idempotency_key))

    def get(
        self,
        order_id: str,
    ) -> models.Order:
        """Get an order."""
        path = fill_path("/orders/{}", order_id)
        return cast("models.Order", self._transport.get(path))

    def cancel(
        self,
        order_id: str,
        body: models.CancelInput | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> models.Order:
        """Cancel an order."""
        path = fill_path("/orders/{}/cancel", order_id)
        return cast("models.Order", self._transport.post(path, body, idempotency_key))


class Events:
    """The event log."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        limit: int | None = None,
        after: str | None = None,
        wait: int | None = None,
        type: str | None = None,
        resource_id: str | None = None,
        since: str | None = None,
    ) -> Pages[models.WebhookEvent]:
        """List events."""
        query: dict[str, Any] = {
            "limit": limit,
            "after": after,
            "wait": wait,
            "type": type,
            "resource_id": resource_id,
            "since": since,
        }
        return self._transport.list("/events", query)

    def get(
        self,
        event_id: str,
    ) -> models.WebhookEvent:
        """Get an event."""
        path = fill_path("/events/{}", event_id)
        return cast("models.WebhookEvent", self._transport.get(path))


class Testing:
    """Tools for testing the integration."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def send_webhook_ping(
        self,
        body: models.PingInput | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> models.IntegrationTestEvent:
        """Send a test event."""
        return cast("models.IntegrationTestEvent", self._transport.post("/test/webhook_ping", body, idempotency_key))

    def trigger_test_event(
        self,
        body: models.TestEventInput,
        *,
        idempotency_key: str | None = None,
    ) -> models.TriggeredEvents:
        """Trigger an event."""
        return cast("models.TriggeredEvents", self._transport.post("/test/events", body, idempotency_key))

    def reset_sandbox(
        self,
        *,
        idempotency_key: str | None = None,
    ) -> models.SandboxReset:
        """Reset the sandbox."""
        return cast("models.SandboxReset", self._transport.post("/test/sandbox/reset", None, idempotency_key))

    def advance_test_deliveries(
        self,
        body: models.AdvanceInput | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> models.DueDeliveries:
        """Skip to the next retry."""
        return cast("models.DueDeliveries", self._transport.post("/test/deliveries/advance", body, idempotency_key))

    def verify_signature(
        self,
        body: models.SignatureCheckInput,
        *,
        idempotency_key: str | None = None,
    ) -> models.SignatureCheck:
        """Check a signature."""
        return cast("models.SignatureCheck", self._transport.post("/test/verify", body, idempotency_key))


class Operations:
    """The operations of the API by tag."""

    def __init__(self, transport: Transport) -> None:
        self.health = Health(transport)
        self.contract = Contract(transport)
        self.integration = Integration(transport)
        self.listings = Listings(transport)
        self.customers = Customers(transport)
        self.orders = Orders(transport)
        self.events = Events(transport)
        self.testing = Testing(transport)
