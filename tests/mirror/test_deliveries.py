"""Deliveries that arrive twice, late, in any order or never: each event takes effect once and in order."""

import random
from collections.abc import Callable
from typing import Any

import pytest
import requests
from watchtraderhub.mirror import mirror

from models.listing import Listing
from tests.cast import Cast
from tests.client import Client
from tests.clients.flaky_hub import serve_flaky
from tests.hub import Server
from tests.mirror.conftest import Capture
from tests.mirror.small_shop import UNAVAILABLE, ServedShop, SmallShop, do_nothing, execute
from tests.ports import free_port
from tests.tasks.traffic import edit, states


def edit_repeatedly(cast: Cast, watch: Listing, count: int) -> None:
    for price in range(count):
        edit(cast.owner, watch, 1000_00 + price * 100)


def test_hub_delivers_to_the_shop(shop: SmallShop, cast: Cast, deliver: Callable[[], None]) -> None:
    port = free_port()
    endpoint, shop.secret = cast.owner.endpoint(f"http://127.0.0.1:{port}/webhooks")
    with shop.mirror() as mirror:
        mirror.start()
        with ServedShop(shop, mirror, port):
            watch = cast.owner.listing()
            edit_repeatedly(cast, watch, 3)
            deliver()
    assert states(endpoint) == ["succeeded"] * 4
    assert shop.applied == [1, 2, 3, 4]
    assert shop.prices == {watch.id: 1002}


def test_shuffled_and_repeated_deliveries_take_effect_once_and_in_order(
    served: ServedShop, shop: SmallShop, cast: Cast, captured: Capture
) -> None:
    watch = cast.owner.listing()
    edit_repeatedly(cast, watch, 12)
    deliveries = captured() * 2
    random.shuffle(deliveries)
    assert set(served.send(deliveries)) == {200}
    assert shop.applied == list(range(1, 14))
    assert shop.prices == {watch.id: 1011}


def test_lost_deliveries_are_filled_in_from_the_hub(
    served: ServedShop, shop: SmallShop, cast: Cast, captured: Capture
) -> None:
    watch = cast.owner.listing()
    edit_repeatedly(cast, watch, 150)  # more than a page
    assert served.send(captured()[-1:]) == [200]
    assert shop.applied == list(range(1, 152))
    assert shop.prices == {watch.id: 1149}


def test_deliveries_in_order_need_no_request_to_the_hub(
    shop: SmallShop, server: Server, cast: Cast, captured: Capture
) -> None:
    with serve_flaky(server.site, {}) as hub:
        shop.site = hub.url
        with shop.mirror() as mirror:
            edit_repeatedly(cast, cast.owner.listing(), 1)
            mirror.start()
            edit_repeatedly(cast, cast.owner.listing(), 3)
            before = len(hub.requests)
            with ServedShop(shop, mirror) as served:
                assert set(served.send(captured())) == {200}
            assert len(hub.requests) == before
    assert shop.applied == [3, 4, 5, 6]


def test_hub_sends_again_what_an_unavailable_api_delays(
    shop: SmallShop, server: Server, cast: Cast, captured: Capture
) -> None:
    watch = cast.owner.listing()
    with serve_flaky(server.site, {}) as hub:
        shop.site = hub.url
        with shop.mirror(max_retries=0) as started:
            started.start()
            edit_repeatedly(cast, watch, 3)
            hub.outcomes["GET /events"] = [UNAVAILABLE]
            with ServedShop(shop, started) as served:
                assert served.send(captured()[-1:] * 2) == [503, 200]
    assert shop.applied == [2, 3, 4]


def test_one_delivery_catches_up_for_a_limited_time(
    served: ServedShop, shop: SmallShop, cast: Cast, captured: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "WEBHOOK_SECONDS", 0.0)
    edit_repeatedly(cast, cast.owner.listing(), 249)  # three pages
    assert served.send(captured()[-1:] * 4) == [503, 503, 200, 200]
    assert shop.applied == list(range(1, 251))


def test_cursor_that_lags_behind_is_renewed(
    shop: SmallShop, server: Server, cast: Cast, captured: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "MAX_CURSOR_LAG", 5)
    watch = cast.owner.listing()
    with serve_flaky(server.site, {}) as hub:
        shop.site = hub.url
        with shop.mirror() as started, ServedShop(shop, started) as served:
            started.start()
            before = len(hub.sent("GET /events"))
            edit_repeatedly(cast, watch, 6)
            deliveries = captured()
            assert set(served.send(deliveries[:5])) == {200}
            assert len(hub.sent("GET /events")) == before
            assert set(served.send(deliveries[5:])) == {200}
            assert len(hub.sent("GET /events")) == before + 1
    assert shop.applied == list(range(2, 8))


def test_events_that_the_endpoint_does_not_receive_take_effect_too(
    served: ServedShop, shop: SmallShop, cast: Cast, captured: Capture, api: Client
) -> None:
    first, second = cast.owner.listings(2)
    assert api.order(first.id).status_code == 201
    edit(cast.owner, second, 500_00)
    updates = [each for each in captured() if each.event["event"] == "listing.updated"]
    assert served.send(updates) == [200]
    types = [row[0] for row in shop.data.run("SELECT type FROM applied ORDER BY sequence")]
    assert types == [row["event"] for row in api.list_all("/events")]
    assert "order.received" in types


def test_failing_handler_undoes_its_event_alone(
    served: ServedShop, shop: SmallShop, cast: Cast, captured: Capture
) -> None:
    watch = cast.owner.listing()
    edit_repeatedly(cast, watch, 4)

    def fail(connection: Any, event: Any) -> None:
        if event["sequence"] == 3:
            execute(connection, "DELETE FROM listing")
            raise OSError("The shop's disk is full.")

    shop.before_handling = fail
    deliveries = captured()
    assert served.send(deliveries[-1:]) == [500]
    assert (shop.applied, shop.prices) == ([1, 2], {watch.id: 1000})
    shop.before_handling = do_nothing
    assert served.send(deliveries[-1:]) == [200]
    assert shop.applied == [1, 2, 3, 4, 5]
    assert shop.prices == {watch.id: 1003}


def test_events_of_the_other_mode_have_no_effect(
    served: ServedShop, shop: SmallShop, cast: Cast, captured: Capture
) -> None:
    cast.owner.go_live()
    watch = cast.owner.listing(is_test=False)
    [live] = captured()
    assert live.event["livemode"] is True
    assert served.send([live]) == [200]
    assert (shop.applied, shop.prices) == ([], {})
    assert watch.id == live.event["data"]["id"]


def test_forged_delivery_is_rejected(served: ServedShop, shop: SmallShop, cast: Cast, captured: Capture) -> None:
    cast.owner.listing()
    [delivery] = captured()
    delivery.body = delivery.body.replace(b"6250.5", b"1.0000")
    assert served.send([delivery]) == [400]
    assert requests.post(served.url, data=b"{}", timeout=10).status_code == 400
    assert shop.applied == []


def test_large_body_is_rejected(served: ServedShop) -> None:
    body = b" " * (mirror.MAX_BODY_BYTES + 1)
    assert requests.post(served.url, data=body, timeout=10).status_code == 413
    assert requests.post(served.url, data=iter([b"{}"]), timeout=10).status_code == 413
