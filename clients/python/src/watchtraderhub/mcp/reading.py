"""Tools that read: the account, listings, orders, and events with the state of their deliveries."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from watchtraderhub import _models as models
from watchtraderhub.client import Client
from watchtraderhub.mcp.presentation import present, summarize_listing
from watchtraderhub.mcp.tool import DATA_NOTICE, Arguments, Tool
from watchtraderhub.pages import Pages


class NoArguments(Arguments):
    pass


class PageArguments(Arguments):
    limit: int = Field(10, ge=1, le=50, description="Length of a page.")
    after: str | None = Field(None, description="next_cursor of the previous page of the same search.")


class ListingSearch(PageArguments):
    brand: str | None = Field(None, description="Exact brand, in any case.")
    reference: str | None = Field(None, description="Exact reference number, in any case.")
    status: models.ListingStatus | None = None
    published: bool | None = None


class OrderSearch(PageArguments):
    status: models.OrderStatus | None = None
    external_id: str | None = Field(None, description="Your own ID of the order.")
    listing_id: str | None = Field(None, description="Orders of this watch.")


class ListingId(Arguments):
    listing_id: str = Field(min_length=1)


class OrderId(Arguments):
    order_id: str = Field(min_length=1)


class EventId(Arguments):
    event_id: str = Field(min_length=1)


def get_account(hub: Client, _: NoArguments) -> Any:
    account = hub.integration.get_me()
    return present({name: value for name, value in account.items() if name != "key_prefix"})


def search_listings(hub: Client, arguments: ListingSearch) -> Any:
    return _page("listings", hub.listings.list(**arguments.model_dump()), summarize_listing)


def get_listing(hub: Client, arguments: ListingId) -> Any:
    return present(hub.listings.get(arguments.listing_id))


def list_orders(hub: Client, arguments: OrderSearch) -> Any:
    return _page("orders", hub.orders.list(**arguments.model_dump()), present)


def get_order(hub: Client, arguments: OrderId) -> Any:
    return present(hub.orders.get(arguments.order_id))


def get_event(hub: Client, arguments: EventId) -> Any:
    return present(hub.events.get(arguments.event_id))


def _page(name: str, pages: Pages[Any], show: Any) -> Any:
    page = next(iter(pages.pages()))
    result = {name: [show(item) for item in page.data], "has_more": page.has_more}
    return {**result, "next_cursor": page.next_cursor} if page.has_more else result


TOOLS = (
    Tool(
        "get_account",
        "Get the dealer, the mode of the API key (test or live) and the number of watches. In test mode, all data is "
        "sample data and nothing real is sold.",
        NoArguments,
        get_account,
    ),
    Tool(
        "search_listings",
        "Search the dealer's watches, newest first. Those that can be ordered have the status in_stock and are "
        "published. Prices are text such as '12500.00 EUR', in euros." + DATA_NOTICE,
        ListingSearch,
        search_listings,
    ),
    Tool("get_listing", "Get all details of a watch." + DATA_NOTICE, ListingId, get_listing),
    Tool("list_orders", "List orders with buyers and watches, newest first." + DATA_NOTICE, OrderSearch, list_orders),
    Tool("get_order", "Get an order." + DATA_NOTICE, OrderId, get_order),
    Tool(
        "get_event",
        "Get an event with the state of its webhook deliveries." + DATA_NOTICE,
        EventId,
        get_event,
    ),
)
