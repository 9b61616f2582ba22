"""A long delivery log: pages in order, a capped count, an index for each filter and search."""

import ast
import logging
from collections.abc import Callable
from typing import Any

import pytest

import config
from models.base import new_id
from models.clock import now
from models.database import db
from models.delivery.delivery import Delivery
from models.delivery.event import Event
from models.delivery.ping import send_ping
from models.search import delivery_log
from models.search.events import search_events
from models.search.pagination import MAX_COUNTED
from tests.cast import Cast
from tests.client import Client
from tests.dashboard.browser import Browser, page
from tests.receiver import Receiver

LOG = "/channels/custom/log"
TYPES = ("listing.sold", "order.received", "listing.updated")
INDEXES = {
    "state": ("failed", "delivery_log_state"),
    "event": ("listing.sold", "delivery_log_type"),
    "mode": ("test", "delivery_log_mode"),
    "endpoint": ("we_1", "delivery_log_endpoint"),
    "resource": ("inv_1", "delivery_log_resource"),
    "since": (1, "delivery_log "),
    "until": (1, "delivery_log "),
}


def insert_deliveries(cast: Cast, count: int, **values: Any) -> None:
    """Insert deliveries of the owner's first event, 1 ms apart, with alternating event types."""
    endpoint, _ = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    cast.owner.listing()
    first = Delivery.get()
    same = {**first.columns(), "endpoint": endpoint.id, "state": "succeeded", "completed_at": now(), **values}
    rows = [
        {**same, "id": new_id("dlv"), "event_type": TYPES[number % 3], "created_at": first.created_at + number}
        for number in range(count)
    ]
    with db.atomic():
        first.delete_instance()
        for start in range(0, count, 500):
            Delivery.insert_many(rows[start : start + 500]).execute()


def explain(caplog: pytest.LogCaptureFixture, cast: Cast, filters: dict[str, Any], number: int = 1) -> list[str]:
    """SQLite's query plan of every statement of the search, one line per step."""
    with caplog.at_level(logging.DEBUG, "peewee"):
        delivery_log.search_deliveries(cast.owner.dealer, filters, number)
    statements = [ast.literal_eval(record.getMessage()) for record in caplog.records if record.name == "peewee"]
    assert len(statements) > 1
    return [
        step[3] for sql, given in statements for step in db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", given).fetchall()
    ]


@pytest.mark.skipif(not config.is_sqlite(), reason="the plans are SQLite's")
@pytest.mark.parametrize("name", INDEXES)
def test_each_filter_reads_its_own_index_in_order(cast: Cast, caplog: pytest.LogCaptureFixture, name: str) -> None:
    value, index = INDEXES[name]
    steps = explain(caplog, cast, {name: value})
    reads = [f"{step} " for step in steps if "t1" in step]
    assert reads
    assert all(index in step for step in reads), steps
    assert not [step for step in steps if "TEMP B-TREE" in step], steps


@pytest.mark.skipif(not config.is_sqlite(), reason="the plans are SQLite's")
@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"event": "listing.*"},
        {"resource": "evt_1"},
        {"resource": "dlv_1"},
        {"resource": "inv_1", "state": "failed", "endpoint": "we_1"},
        {"state": "failed", "since": 1, "until": 2},
        {"q": "evt_1"},
        {"q": "sold"},
        {"q": "503 order.*"},
        {"q": "timeout"},
        {"q": "speedmaster"},
    ],
    ids=str,
)
def test_no_search_reads_the_whole_table(cast: Cast, caplog: pytest.LogCaptureFixture, filters: dict[str, Any]) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/speedmaster")
    cast.owner.listing()
    steps = explain(caplog, cast, filters)
    assert [step for step in steps if step.startswith("SEARCH t1 USING ")], steps
    assert not [step for step in steps if step.startswith("SCAN t")], steps
    if "resource" in filters:
        assert not [step for step in steps if "dealer_id" in step], steps


def test_a_long_log_says_that_the_count_is_capped(owner: Browser, cast: Cast) -> None:
    insert_deliveries(cast, MAX_COUNTED + 1)
    assert "1–50 of more than 10,000 deliveries" in page(owner.get(LOG)).text
    last = page(owner.get(f"{LOG}?page=100000")).text
    assert "9,951–10,000 of more than 10,000 deliveries" in last
    assert "Page 200 of 200" in last
    assert "of 3,334 deliveries" in page(owner.get(f"{LOG}?event=listing.sold")).text
    assert "of 6,667 deliveries" in page(owner.get(f"{LOG}?event=listing.*")).text


def test_a_group_of_events_comes_newest_first_on_every_page(cast: Cast) -> None:
    insert_deliveries(cast, 200)
    wanted = Delivery.select().where(Delivery.event_type != "order.received").order_by(*delivery_log.NEWEST_DELIVERY)
    found = [delivery_log.search_deliveries(cast.owner.dealer, {"event": "listing.*"}, number) for number in (1, 2, 3)]
    assert [page.count for page in found] == [133] * 3
    assert [row.id for page in found for row in page.rows] == [row.id for row in wanted]


def test_an_id_finds_a_delivery_by_itself_its_event_and_its_resource(cast: Cast) -> None:
    insert_deliveries(cast, 3)
    delivery, event = Delivery.get(), Event.get(Event.id == Delivery.get().event_id)
    for given, count in ((delivery.id, 1), (event.id, 3), (event.resource_id, 3), ("inv_unknown", 0)):
        assert delivery_log.search_deliveries(cast.owner.dealer, {"resource": given}).count == count
        assert delivery_log.search_deliveries(cast.stranger.dealer, {"resource": given}).count == 0


@pytest.fixture
def recorded_delivery(cast: Cast, api: Client, receiver: Receiver, deliver: Callable[[], None]) -> Delivery:
    """A watch whose delivery got a 503, and an order whose delivery could not connect."""
    cast.owner.endpoint(receiver.url + "/erp", events=["listing.*"])
    cast.owner.endpoint("http://127.0.0.1:9/shop", events=["order.*"])
    receiver.respond = lambda _: 503
    listing = cast.owner.listing(title="Omega Speedmaster", sku="A-7")
    api.order(listing.id, external_id="SHOP-1041")
    deliver()
    return Delivery.get(Delivery.last_status == 503)


@pytest.mark.parametrize(
    ("words", "count"),
    [("{0.id}", 1), ("{0.event_id}", 1), ("{0.resource_id}", 2), ("{0.endpoint_id}", 2), ("order.received", 1),
     ("listing", 2), ("SOLD", 1), ("order.* sold", 0), ("A-7", 2), ("shop-1041", 1), ("/erp", 2), ("127.0.0.1", 3),
     ("503", 1), ("404", 0), ("connect", 1), ("Connect order", 1), ("speedmaster 503", 1), ("speedmaster patek", 0)],
)  # fmt: skip
def test_search_terms_find_deliveries_by_their_kind(
    recorded_delivery: Delivery, cast: Cast, words: str, count: int
) -> None:
    filters = {"q": words.format(recorded_delivery)}
    assert delivery_log.search_deliveries(cast.owner.dealer, filters).count == count
    assert delivery_log.search_deliveries(cast.stranger.dealer, filters).count == 0


@pytest.mark.parametrize(
    ("words", "count"),
    [("{0.id}", 1), ("{0.event_id}", 1), ("{0.resource_id}", 2), ("sold", 1),
     ("a-7", 2), ("SHOP-1041", 1), ("patek", 0)],
)  # fmt: skip
def test_search_terms_find_events_by_their_kind(
    recorded_delivery: Delivery, cast: Cast, words: str, count: int
) -> None:
    filters = {"q": words.format(recorded_delivery)}
    assert search_events(cast.owner.actor(), filters).count == count
    assert search_events(cast.stranger.actor(), filters).count == 0


def test_button_skips_to_the_next_retry(owner: Browser, cast: Cast, deliver: Callable[[], None]) -> None:
    cast.owner.endpoint(f"{config.PUBLIC_URL}/test/receivers/500", mode="test")
    send_ping(cast.owner.actor(), None)
    deliver()
    delivery = Delivery.get(Delivery.dealer == cast.owner.dealer)
    assert "Skip to the next retry" in page(owner.get(f"{LOG}?open={delivery.id}")).text
    owner.post(f"{LOG}/{delivery.id}/advance")
    deliver()
    assert Delivery.get_by_id(delivery.id).attempts == 2


def test_button_skips_all_waiting_test_deliveries(owner: Browser, cast: Cast, deliver: Callable[[], None]) -> None:
    failing = f"{config.PUBLIC_URL}/test/receivers/500"
    first, second = (cast.owner.endpoint(failing, mode="test")[0] for _ in range(2))
    label = "Skip test deliveries to their next retry"
    send_ping(cast.owner.actor(), None)
    deliver()
    assert label in page(owner.get(LOG)).text
    response = owner.post(f"{LOG}/advance", {"endpoint": first.id, "query": f"endpoint={first.id}"})
    assert response.url.endswith(f"{LOG}?endpoint={first.id}")
    assert "1 delivery skipped to the next retry." in page(response).text
    deliver()
    assert {row.endpoint.id: row.attempts for row in Delivery.of(cast.owner.dealer)} == {first.id: 2, second.id: 1}
    assert "2 deliveries skipped" in page(owner.post(f"{LOG}/advance")).text
    Delivery.update(is_test=False).execute()
    assert label not in page(owner.get(LOG)).text
