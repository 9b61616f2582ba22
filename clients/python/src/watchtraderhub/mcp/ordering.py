"""Tools that place and cancel orders."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field

from watchtraderhub import _models as models
from watchtraderhub.client import Client
from watchtraderhub.mcp.presentation import AMOUNT_PATTERN, parse_amount, present
from watchtraderhub.mcp.repeats import RepeatedCalls
from watchtraderhub.mcp.tool import Arguments, Tool, parse_nested


class OrderedWatch(Arguments):
    listing_id: str = Field(min_length=1)
    price: str | None = Field(
        None,
        pattern=AMOUNT_PATTERN,
        description="Agreed price in euros, not in cents, such as '12500.00 EUR'. Omit it for the asking price.",
    )


class Buyer(Arguments):
    id: str | None = Field(None, description="ID of a known customer, without other fields.")
    email: str | None = None
    phone: str | None = Field(None, description="With country code.")
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    vat_id: str | None = None


class PostalAddress(Arguments):
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    postal_code: str | None = None
    region: str | None = None
    country: str | None = Field(None, description="Two letters, such as DE.")


class NewOrder(Arguments):
    items: Annotated[list[OrderedWatch], BeforeValidator(parse_nested)] = Field(min_length=1, max_length=20)
    customer: Annotated[Buyer, BeforeValidator(parse_nested)]
    shipping_address: Annotated[PostalAddress | None, BeforeValidator(parse_nested)] = None
    external_id: str | None = Field(None, description="Your own ID of the order. No two orders can have the same.")
    note: str | None = Field(None, description="Note to the dealer.")


class Cancellation(Arguments):
    order_id: str = Field(min_length=1)
    reason: str | None = None


class Ordering:
    """Places and cancels orders, each once in a session."""

    def __init__(self) -> None:
        self._calls = RepeatedCalls()

    def place(self, hub: Client, arguments: NewOrder) -> Any:
        """Place an order. An equal call returns the order that exists, unless it was cancelled."""
        body = _to_order(arguments)
        if (order_id := self._calls.find_result("place_order", body)) is not None:
            order = hub.orders.get(order_id)
            if order["status"] != "cancelled":
                return {"repeated_call": True, **present(order)}
            self._calls.forget("place_order", body)
        return present(
            self._calls.run(
                "place_order",
                body,
                lambda key: hub.orders.create(cast("models.OrderInput", body), idempotency_key=key),
            )
        )

    def cancel(self, hub: Client, arguments: Cancellation) -> Any:
        fields = arguments.to_body()
        order_id = fields.pop("order_id")
        return present(
            self._calls.run(
                f"cancel_order {order_id}",
                fields,
                lambda key: hub.orders.cancel(order_id, cast("models.CancelInput", fields), idempotency_key=key),
            )
        )

    def list_tools(self) -> tuple[Tool, ...]:
        return (
            Tool(
                "place_order",
                "Place an order, which sells the watches. With a live key, this is a real sale: confirm watch, price "
                "and buyer with the user first. The same call again in this session returns the existing order with "
                "repeated_call; for a second order, use another external_id.",
                NewOrder,
                self.place,
                is_write=True,
                is_destructive=True,
                is_repeatable=True,
            ),
            Tool(
                "cancel_order",
                "Cancel an order for good and return its watches to stock. With a live key, confirm it with the user "
                "first.",
                Cancellation,
                self.cancel,
                is_write=True,
                is_destructive=True,
                is_repeatable=True,
            ),
        )


def _to_order(arguments: NewOrder) -> dict[str, Any]:
    """Return the body of `createOrder`."""
    body = arguments.to_body()
    for item in body["items"]:
        if "price" in item:
            item["price_eur"] = parse_amount(item.pop("price"))
    return body
