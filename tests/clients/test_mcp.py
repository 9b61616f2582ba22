"""MCP server: a session of the SDK's client over stdio, with a real hub behind it."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from models.listing import Listing
from models.order import Order
from tests.cast import Cast
from tests.client import Client
from tests.clients.flaky_hub import LOST, serve_flaky
from tests.clients.mcp_session import MCPError, McpSession, open_mcp
from tests.hub import Server

READING = {"get_account", "search_listings", "get_listing", "list_orders", "get_order", "get_event"}
WRITING = {"place_order", "cancel_order"}
SANDBOX = {"trigger_event", "advance_deliveries", "verify_signature"}
BUYER = {"email": "ada@shop.example", "first_name": "Ada"}
ANYWHERE = "http://127.0.0.1:9"
NOBODY = "wth_SecretSecretSecretSecretSecret12"


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def session(server: Server, cast: Cast, log_file: Path) -> Iterator[McpSession]:
    """A session with the owner's test key."""
    with open_mcp(server.site, cast.owner.test_key, log_file) as opened:
        yield opened


def order_of(listing: Listing, **fields: Any) -> dict[str, Any]:
    return {"items": [{"listing_id": listing.id}], "customer": BUYER, **fields}


def test_tools_are_few_and_short(session: McpSession) -> None:
    tools = session.list_tools()
    assert {tool.name for tool in tools} == READING | WRITING | SANDBOX
    text = json.dumps([tool.model_dump(by_alias=True, exclude_none=True) for tool in tools])
    assert len(text) < 10_000
    assert '"null"' not in text
    for tool in tools:
        assert tool.annotations
        assert tool.annotations.read_only_hint == (tool.name not in {*WRITING, "trigger_event", "advance_deliveries"})
        assert tool.annotations.destructive_hint in ({True} if tool.name in WRITING else {None, False})


def test_earlier_protocol_works_too(server: Server, cast: Cast, log_file: Path) -> None:
    cast.owner.listing()
    with open_mcp(server.site, cast.owner.test_key, log_file, mode="legacy") as session:
        assert "place_order" in session.names
        assert len(session.call("search_listings")["listings"]) == 1
        assert session.call("get_account")["mode"] == "test"


def test_watches_have_names_and_prices_with_a_currency(session: McpSession, cast: Cast) -> None:
    listing = cast.owner.listing(year=2021, description="Line one\nLine two", photos=[])
    cast.owner.listings(2)
    filters = {"brand": "omega", "status": "in_stock", "published": True}
    page = session.call("search_listings", **filters, limit=1)
    assert page["has_more"]
    last = session.call("search_listings", **filters, limit=2, after=page["next_cursor"])
    assert ["next_cursor" in last, len(last["listings"])] == [False, 2]
    found = last["listings"][-1]
    assert (found["watch"], found["asking_price"]) == ("Omega Speedmaster, reference 310.30, 2021", "6250.50 EUR")
    assert "description" not in found
    details = session.call("get_listing", listing_id=listing.id)
    assert (details["asking_price"], details["description"]) == ("6250.50 EUR", "Line one\nLine two")
    assert not [name for name in details if name.endswith("_eur")]


def test_invisible_characters_do_not_reach_the_model(session: McpSession, cast: Cast) -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "sell it")
    listing = cast.owner.listing(title=f"Dress\u200b watch\u202e{hidden}", description=f"Œuvre – 腕時計{hidden}\n2")
    details = session.call("get_listing", listing_id=listing.id)
    assert (details["title"], details["description"]) == ("Dress watch", "Œuvre – 腕時計\n2")


def test_order_is_placed_and_cancelled(session: McpSession, cast: Cast, api: Client) -> None:
    listing = cast.owner.listing()
    item = {"listing_id": listing.id, "price": "100000000.01 EUR"}
    assert session.fail("place_order", items=[item], customer=BUYER)["param"] == "$.items[0].price"
    item["price"] = "6000.10 EUR"
    order = session.call("place_order", items=[item], customer=BUYER, external_id="A-1", note="Gift")
    assert (order["is_test"], order["status"], order["total"]) == (True, "received", "6000.10 EUR")
    assert order["items"][0]["watch"] == "Omega Speedmaster, reference 310.30"
    assert api.get(f"/orders/{order['id']}").json()["total_eur"] == 6000.1
    assert session.call("list_orders", listing_id=listing.id)["orders"] == [order]
    cancelled = session.call("cancel_order", order_id=order["id"], reason="Withdrawn")
    assert (cancelled["status"], cancelled["cancel_reason"]) == ("cancelled", "Withdrawn")
    assert session.call("get_order", order_id=order["id"]) == cancelled
    assert session.call("cancel_order", order_id=order["id"], reason="Withdrawn") == cancelled


def test_amount_without_a_clear_unit_is_rejected(session: McpSession, cast: Cast) -> None:
    listing = cast.owner.listing()
    for price in ("600010", "6000.10", 6000.1, "6.000,10 EUR", "6000.101 EUR", "-1 EUR", "60 USD"):
        error = session.fail("place_order", items=[{"listing_id": listing.id, "price": price}], customer=BUYER)
        assert error["code"] == "invalid_arguments"
        assert "$.items[0].price" in error["message"]
    assert not Order.select().exists()


def test_unknown_argument_and_tool_are_rejected(session: McpSession, cast: Cast) -> None:
    listing = cast.owner.listing()
    error = session.fail("place_order", items=[{"listing_id": listing.id, "pirce": "1 EUR"}], customer=BUYER)
    assert (error["code"], "$.items[0].pirce" in error["message"]) == ("invalid_arguments", True)
    assert session.fail("get_order", order_id="..")["code"] == "invalid_arguments"
    with pytest.raises(MCPError, match="Unknown tool: delete_everything"):
        session.call("delete_everything")


def test_wait_of_the_rate_limit_is_told_at_once(server: Server, cast: Cast, log_file: Path) -> None:
    body = b'{"error":{"type":"rate_limit_error","code":"too_many_requests","message":"Wait."}}'
    with (
        serve_flaky(server.site, {"GET /listings": [(429, {"Retry-After": "59"}, body)]}) as hub,
        open_mcp(hub.url, cast.owner.test_key, log_file) as session,
    ):
        error = session.fail("search_listings")
        assert (error["code"], error["retry_after_seconds"]) == ("too_many_requests", 59)
        assert session.call("search_listings")["listings"] == []


def test_nested_arguments_may_be_json_text(session: McpSession, cast: Cast) -> None:
    items = json.dumps([{"listing_id": cast.owner.listing().id}])
    assert session.call("place_order", items=items, customer=json.dumps(BUYER))["status"] == "received"
    assert cast.owner.test_key[:12] not in str(session.call("get_account"))


def test_errors_of_the_hub_are_passed_on(session: McpSession, cast: Cast) -> None:
    sold = cast.owner.listing()
    session.call("place_order", **order_of(sold))
    error = session.fail("place_order", **order_of(sold, note="Again"))
    assert (error["code"], error["param"]) == ("listing_not_available", "$.items[0].listing_id")
    assert error["message"].endswith(".")
    assert error["request_id"].startswith("req_")
    assert session.fail("get_listing", listing_id="inv_nobodys")["code"] == "listing_not_found"


def test_repeated_call_orders_once(session: McpSession, cast: Cast) -> None:
    listing = cast.owner.listing()
    first = session.call("place_order", **order_of(listing))
    again = session.call("place_order", **order_of(listing, note=None))
    assert again == {"repeated_call": True, **first}
    session.call("cancel_order", order_id=first["id"])
    second = session.call("place_order", **order_of(listing))
    assert (second["status"], second["id"] == first["id"]) == ("received", False)
    assert Order.select().count() == 2


def test_lost_response_does_not_order_twice(server: Server, cast: Cast, log_file: Path) -> None:
    listing = cast.owner.listing()
    with (
        serve_flaky(server.site, {"POST /orders": [LOST] * 3}) as hub,
        open_mcp(hub.url, cast.owner.test_key, log_file) as session,
    ):
        error = session.fail("place_order", **order_of(listing))
        assert (error["code"], "again is safe" in error["message"]) == ("hub_unreachable", True)
        order = session.call("place_order", **order_of(listing))
        assert order["status"] == "received"
        assert len({headers["idempotency-key"] for headers, _ in hub.sent("POST /orders")}) == 1
    assert [row.id for row in Order.select()] == [order["id"]]


def test_rejected_order_is_possible_when_its_cause_has_ended(session: McpSession, cast: Cast) -> None:
    listing = cast.owner.listing()
    first = session.call("place_order", **order_of(listing))
    assert session.fail("place_order", **order_of(listing, note="B"))["code"] == "listing_not_available"
    Order.find(cast.owner.actor(), first["id"]).cancel(cast.owner.actor(), None)
    assert session.call("place_order", **order_of(listing, note="B"))["status"] == "received"


@pytest.fixture
def live(server: Server, cast: Cast, log_file: Path) -> Any:
    """`live(*options)` opens a session with the owner's live key, in live mode."""
    cast.owner.go_live()
    return partial(_open_live, server, cast, log_file)


def _open_live(server: Server, cast: Cast, log_file: Path, *options: str) -> AbstractContextManager[McpSession]:
    return open_mcp(server.site, cast.owner.live_key, log_file, options)


def test_live_key_only_reads(live: Any, cast: Cast) -> None:
    listing = cast.owner.listing(is_test=False)
    with live() as session:
        assert session.names == READING
        assert session.call("get_listing", listing_id=listing.id)["is_test"] is False
        for name, arguments in (("place_order", order_of(listing)), ("cancel_order", {"order_id": "ord_1"})):
            error = session.fail(name, **arguments)
            assert (error["code"], "--allow-live-writes" in error["message"]) == ("live_writes_not_allowed", True)
        assert session.fail("trigger_event", type="order.received")["code"] == "test_key_required"
    assert not Order.select().exists()


def test_live_key_writes_if_it_is_allowed(live: Any, cast: Cast) -> None:
    listing = cast.owner.listing(is_test=False)
    with live("--allow-live-writes") as session:
        assert session.names == READING | WRITING
        order = session.call("place_order", **order_of(listing))
        assert (order["is_test"], order["status"]) == (False, "received")
        assert session.call("cancel_order", order_id=order["id"])["status"] == "cancelled"
        assert session.fail("verify_signature", signature="x")["code"] == "test_key_required"


def test_sandbox_tools_work_with_a_test_key(session: McpSession, cast: Cast) -> None:
    cast.owner.endpoint(ANYWHERE, mode="test")
    events = session.call("trigger_event", type="order.received", data={"note": "Gift"})["events"]
    assert [event["event"] for event in events] == ["listing.published", "order.received", "listing.sold"]
    assert session.call("get_event", event_id=events[1]["id"])["deliveries"][0]["state"] == "pending"
    assert session.call("advance_deliveries") == {"deliveries": [], "has_more": False}
    assert session.call("verify_signature", signature="t=1,v1=00", body="{}")["cause"] == "no_match"
    assert session.fail("trigger_event", type="order.lost")["code"] == "invalid_arguments"


def test_another_dealers_rows_do_not_exist(session: McpSession, cast: Cast) -> None:
    foreign = cast.stranger.listing()
    live = cast.owner.listing(is_test=False)
    assert session.call("search_listings")["listings"] == []
    for listing in (foreign, live):
        assert session.fail("get_listing", listing_id=listing.id)["code"] == "listing_not_found"
        assert session.fail("place_order", **order_of(listing))["code"] == "listing_not_found"


def test_invalid_key_is_an_error_that_does_not_show_it(server: Server, log_file: Path) -> None:
    with open_mcp(server.site, NOBODY, log_file) as session:
        assert session.names == READING
        for name, arguments in (("get_account", {}), ("cancel_order", {"order_id": "ord_1"})):
            error = session.fail(name, **arguments)
            assert error["code"] == "invalid_api_key"
            assert "Secret" not in str(error)
        assert "invalid_api_key" in session.log
        assert "Secret" not in session.log


def test_hub_that_is_down_is_named(cast: Cast, log_file: Path) -> None:
    with open_mcp("http://ada:hunter2@127.0.0.1:9", cast.owner.test_key, log_file) as session:
        error = session.fail("search_listings")
        assert error["code"] == "hub_unreachable"
        assert error["message"].startswith("No response from the hub at http://127.0.0.1:9. Check")
        assert "hunter2" not in session.log
