"""`GET /events` lists the same events, in the same order, that webhooks deliver."""

import orjson

from tests.cast import Cast
from tests.client import Client
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import edit


def test_events_are_the_bodies_of_the_deliveries(cast: Cast, api: Client, receiver: Receiver, later: Later) -> None:
    cast.owner.endpoint(receiver.url)
    watches = cast.owner.listings(4)
    for watch in watches:
        edit(cast.owner, watch, 100)
    order = api.order(watches[0].id, watches[1].id).json()
    assert api.post(f"/orders/{order['id']}/cancel", {}).status_code == 200
    api.post("/test/webhook_ping")
    later(1)
    delivered = sorted((request.event for request in receiver.deliveries), key=lambda event: event["sequence"])
    polled = api.list_all("/events", limit=3)
    assert polled == delivered
    assert [event["sequence"] for event in polled] == list(range(1, len(delivered) + 1))


def test_body_of_a_delivery_is_the_recorded_event_byte_for_byte(
    cast: Cast, api: Client, receiver: Receiver, later: Later
) -> None:
    watch = cast.owner.listing(description="Ø 42 mm, „Pulsometer“ – 25 jewels \u2028")
    cast.owner.endpoint(receiver.url)
    edit(cast.owner, watch, 100)
    later(1)
    [request] = receiver.deliveries
    assert request.body == orjson.dumps(api.list_all("/events")[-1])


def test_each_mode_has_its_own_sequence_without_gaps(cast: Cast, api: Client, live_api: Client) -> None:
    for number in range(3):
        for is_test in (True, False):
            edit(cast.owner, cast.owner.listing(is_test=is_test), number, is_test=is_test)
    for client in (api, live_api):
        assert [event["sequence"] for event in client.list_all("/events", limit=2)] == [1, 2, 3, 4, 5, 6]


def test_rejected_change_leaves_no_gap_in_the_sequence(cast: Cast, api: Client) -> None:
    first, second = cast.owner.listings(2)
    assert api.order(first.id).status_code == 201
    assert api.order(first.id, second.id).status_code == 409
    assert api.order(second.id).status_code == 201
    sequences = [event["sequence"] for event in api.list_all("/events")]
    assert sequences == list(range(1, len(sequences) + 1))
