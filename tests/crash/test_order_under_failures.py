"""Ordering under failures: 200 edits of each of 20 watches, to a receiver that fails every fifth request.

A worker with many threads sends while the edits are made. Its retries come after seconds, not minutes and hours.
"""

import itertools
import time
from collections import Counter, defaultdict
from pathlib import Path

from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from models.listing import Listing
from tests.cast import Person, create_person
from tests.journeys.processes import eventually, running
from tests.receiver import Delivered, Receiver
from tests.tasks.traffic import edit
from webhooks import schedule

DEALERS, WATCHES_EACH, EDITS = 4, 5, 200  # several dealers, because a failing endpoint gets one request at a time
TOTAL = DEALERS * WATCHES_EACH * EDITS
FAST_RETRY_WORKER = Path(__file__).with_name("fast_retry_worker.py")
# After this many failures, later deliveries of the watch overtake: the next attempt is half an hour away.
OVERTAKEN_AFTER = next(n for n, delay in enumerate(schedule.DELAYS) if delay > schedule.MAX_BLOCKING_DELAY)


class FailingEveryFifth:
    """Responds after 5 ms, so that requests overlap, and counts the simultaneous ones."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._in_progress: set[int] = set()
        self.max_simultaneous = 0

    def __call__(self, _: Delivered) -> int:
        number = next(self._numbers)
        self._in_progress.add(number)
        self.max_simultaneous = max(self.max_simultaneous, len(self._in_progress))
        time.sleep(0.005)
        self._in_progress.discard(number)
        return 500 if number % 5 == 0 else 200


def test_order_per_watch_holds_when_every_fifth_request_fails(receiver: Receiver) -> None:
    people = [_dealer(receiver) for _ in range(DEALERS)]
    receiver.respond = stub = FailingEveryFifth()
    with running("--threads", "16", program=FAST_RETRY_WORKER):
        for price in range(EDITS):
            for person, watches in people:
                for watch in watches:
                    edit(person, watch, 100 + price)
        eventually(lambda: not Delivery.select().where(Delivery.completed_at.is_null()).exists(), 120)
    assert {row.state for row in Delivery.select(Delivery.state)} == {"succeeded"}
    overtaken = _find_overtaken()
    assert len(overtaken) < TOTAL / 50
    print(f"{len(receiver.deliveries)} requests, up to {stub.max_simultaneous} at once, {len(overtaken)} overtaken")
    assert stub.max_simultaneous > 2
    assert _attempts_by_delivery(receiver) == {row.id: row.attempts for row in Delivery.select()}
    assert _find_out_of_order(receiver, overtaken) == []


def _dealer(receiver: Receiver) -> tuple[Person, list[Listing]]:
    person = create_person("Busy Watches")
    watches = person.listings(WATCHES_EACH)
    person.endpoint(receiver.url)
    return person, watches


def _find_overtaken() -> set[str]:
    """Deliveries that may be overtaken; the log must show three failures for exactly these."""
    overtaken = {row.id for row in Delivery.select(Delivery.id).where(Delivery.is_passed)}
    failures = Attempt.select(Attempt.delivery).where(Attempt.number <= OVERTAKEN_AFTER, Attempt.status == 500)
    assert overtaken == {
        id_ for (id_,), count in Counter(failures.tuples().iterator()).items() if count == OVERTAKEN_AFTER
    }
    return overtaken


def _attempts_by_delivery(receiver: Receiver) -> dict[str, int]:
    return Counter(request.headers["WTH-Delivery-Id"] for request in receiver.deliveries)


def _find_out_of_order(receiver: Receiver, overtaken: set[str]) -> list[tuple[str, int, int]]:
    """List (watch, sequence, higher sequence before it), without the later attempts of overtaken deliveries."""
    highest: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    out_of_order = []
    for request in receiver.deliveries:
        attempt = int(request.headers["WTH-Delivery-Attempt"])
        if request.headers["WTH-Delivery-Id"] in overtaken and attempt > OVERTAKEN_AFTER:
            continue
        watch, position = request.event["data"]["id"], (request.event["sequence"], attempt)
        if position <= highest[watch]:
            out_of_order.append((watch, position[0], highest[watch][0]))
        highest[watch] = max(highest[watch], position)
    return out_of_order
