"""Orders: lists, one, placing, cancelling."""

from typing import Any

from models.base import instant
from models.dealer import Actor
from models.order import Order
from models.page import Page


def list_orders(
    actor: Actor,
    limit: int,
    after: str | None,
    updated_after: str | None,
    status: str | None,
    external_id: str | None,
    listing_id: str | None,
) -> Page:
    since = instant(updated_after, param="updated_after")
    filters = {"status": status, "external_id": external_id, "listing_id": listing_id}
    return Order.page(actor, filters, after=after, limit=limit, since=since)


def get_order(actor: Actor, order_id: str) -> dict[str, Any]:
    return Order.find(actor, order_id).to_dict()


def create_order(actor: Actor, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    return Order.place(actor, body).to_dict(), 201


def cancel_order(actor: Actor, order_id: str, body: dict[str, Any] | None) -> dict[str, Any]:
    reason = (body or {}).get("reason")
    return Order.find(actor, order_id).cancel(actor, reason).to_dict()
