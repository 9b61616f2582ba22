"""Orders: list, get, create, cancel."""

from models.clock import parse_rfc3339_parameter
from models.cursor import ListPage
from models.dealer import Actor
from models.order import Order
from spec import types


def list_orders(
    actor: Actor,
    limit: int,
    after: str | None,
    updated_after: str | None,
    status: str | None,
    external_id: str | None,
    listing_id: str | None,
) -> ListPage:
    since = parse_rfc3339_parameter(updated_after, param="updated_after")
    filters = {"status": status, "external_id": external_id, "listing_id": listing_id}
    return Order.page(actor, filters, after=after, limit=limit, since=since)


def get_order(actor: Actor, order_id: str) -> types.Order:
    return Order.find(actor, order_id).to_dict()


def create_order(actor: Actor, body: types.OrderInput) -> tuple[types.Order, int]:
    return Order.place(actor, body).to_dict(), 201


def cancel_order(actor: Actor, order_id: str, body: types.CancelInput | None) -> types.Order:
    reason = body.get("reason") if body else None
    return Order.find(actor, order_id).cancel(actor, reason).to_dict()
