"""Test and live mode: separate data, and which key may write in which mode."""

import pytest

from models.accounts.integration import Integration
from tests.cast import Cast, create_person
from tests.client import Client, error_of
from tests.hub import Server


def test_each_key_sees_the_rows_of_its_mode_only(server: Server, cast: Cast) -> None:
    rows = {True: cast.owner.listing().id, False: cast.owner.listing(is_test=False).id}
    for is_test, key in ((True, cast.owner.test_key), (False, cast.owner.live_key)):
        client = Client(server.url, key)
        assert [(row["id"], row["is_test"]) for row in client.list_all("/listings")] == [(rows[is_test], is_test)]
        assert client.get(f"/listings/{rows[not is_test]}").status_code == 404
        assert {event["livemode"] for event in client.list_all("/events")} == {not is_test}


def test_live_key_cannot_write_in_test_mode(server: Server, cast: Cast) -> None:
    listing = cast.owner.listing(is_test=False)
    live = Client(server.url, cast.owner.live_key)
    assert live.get(f"/listings/{listing.id}").status_code == 200
    for rejected in (live.order(listing.id), live.post("/customers", {"email": "a@shop.example"})):
        assert error_of(rejected) == (403, "test_mode_active", None)
    assert live.list_all("/orders") == live.list_all("/customers") == []
    assert live.get(f"/listings/{listing.id}").json()["status"] == "in_stock"


def test_live_key_can_write_when_test_mode_is_off(server: Server, cast: Cast) -> None:
    listing = cast.owner.listing(is_test=False)
    live = Client(server.url, cast.owner.live_key)
    cast.owner.go_live()
    order = live.order(listing.id)
    assert order.status_code == 201
    assert order.json()["is_test"] is False
    Integration.of(cast.owner.dealer).switch(is_test_mode=True)
    assert error_of(live.order(listing.id))[1] == "test_mode_active"


def test_test_key_can_read_and_write_in_both_modes(server: Server, cast: Cast) -> None:
    api = Client(server.url, cast.owner.test_key)
    first, second = cast.owner.listings(2)
    assert api.order(first.id).status_code == 201
    cast.owner.go_live()
    assert api.order(second.id).status_code == 201


def test_test_rows_do_not_touch_live_stock_and_counts(server: Server, cast: Cast) -> None:
    cast.owner.go_live()
    test, live = (Client(server.url, key) for key in (cast.owner.test_key, cast.owner.live_key))
    kept = cast.owner.listing(is_test=False)
    cast.owner.listing(is_test=False, published=False)
    sold, *_ = cast.owner.listings(3)
    before = live.get("/me").json()["inventory"]
    assert test.order(sold.id).status_code == 201
    assert test.get("/me").json()["inventory"] == {"published": 2, "in_stock": 2, "limit": 250}
    assert before == {"published": 1, "in_stock": 2, "limit": 250}
    assert live.get("/me").json()["inventory"] == before
    assert [row["id"] for row in live.list_all("/listings", status="in_stock")] == [kept.id]


def test_me_returns_the_mode_of_key_and_integration(server: Server, cast: Cast) -> None:
    for key, mode in ((cast.owner.test_key, "test"), (cast.owner.live_key, "live")):
        me = Client(server.url, key).get("/me").json()
        assert (me["mode"], me["key_prefix"], me["is_test_mode"]) == (mode, key[:12], True)
    cast.owner.go_live()
    assert Client(server.url, cast.owner.test_key).get("/me").json()["is_test_mode"] is False


def test_ping_requires_a_test_key_in_both_modes(server: Server, cast: Cast) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    test, live = (Client(server.url, key) for key in (cast.owner.test_key, cast.owner.live_key))
    assert error_of(live.post("/test/webhook_ping")) == (403, "test_key_required", None)
    assert test.post("/test/webhook_ping").status_code == 201
    cast.owner.go_live()
    assert error_of(live.post("/test/webhook_ping")) == (403, "test_key_required", None)
    assert test.post("/test/webhook_ping").status_code == 201


@pytest.mark.parametrize("path", ["/me", "/listings", "/events", "/orders/ord_unknown"])
def test_disabled_integration_rejects_both_keys(server: Server, cast: Cast, path: str) -> None:
    integration = Integration.of(cast.owner.dealer)
    integration.switch(is_enabled=False)
    for key in (cast.owner.test_key, cast.owner.live_key):
        assert error_of(Client(server.url, key).get(path)) == (403, "integration_disabled", None)
    integration.switch(is_enabled=True)
    assert Client(server.url, cast.owner.test_key).get("/me").status_code == 200


def test_dealer_below_business_is_told_to_upgrade(server: Server) -> None:
    starter = create_person("Small Shop", tier="starter")
    for key in (starter.test_key, starter.live_key):
        client = Client(server.url, key)
        assert error_of(client.get("/listings")) == (403, "plan_required", None)
        assert error_of(client.post("/customers", {"email": "a@shop.example"})) == (403, "plan_required", None)


def test_health_and_document_need_neither_key_nor_plan(server: Server) -> None:
    assert Client(server.url, None).get("/health").json() == {"object": "health", "status": "ok"}
    document = Client(server.url, None).get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert [entry["url"] for entry in document["servers"]] == ["http://hub.test/api/v1"]
