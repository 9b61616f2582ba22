"""Two hundred edits of each of twenty watches, a receiver that fails every fifth request: the order per watch holds."""

from collections import defaultdict

from models.delivery import Delivery
from tests.cast import Cast
from tests.receiver import Delivered, Receiver
from tests.tasks.traffic import edit

WATCHES, EDITS = 20, 200


def test_order_per_watch_holds_when_every_fifth_request_fails(cast: Cast, receiver: Receiver, clock, deliver) -> None:
    watches = cast.owner.listings(WATCHES)
    endpoint, _ = cast.owner.endpoint(receiver.url)
    accepted: list[Delivered] = []

    def answer(request: Delivered) -> int:
        if len(receiver.deliveries) % 5 == 0:
            return 500
        accepted.append(request)
        return 200

    receiver.answer = answer
    for price in range(EDITS):
        for watch in watches:
            edit(cast.owner, watch, 100 + price)
    while Delivery.select().where(Delivery.completed_at.is_null()).exists():
        clock.forward(61)
        deliver()
    assert len(accepted) == WATCHES * EDITS
    passed = {row.event_id for row in Delivery.select().where(Delivery.endpoint == endpoint, Delivery.is_passed)}
    sequences: dict[str, list[int]] = defaultdict(list)
    for request in accepted:
        if request.event["id"] not in passed:
            sequences[request.event["data"]["id"]].append(request.event["sequence"])
    assert all(found == sorted(found) for found in sequences.values())
    assert len(passed) < WATCHES * EDITS / 50
