"""Two hundred edits of each of twenty watches, a receiver that fails every fifth request: the order per watch holds.

A worker sends with many threads while the edits are made; it waits seconds where a real one waits minutes and hours.
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

DEALERS, WATCHES_EACH, EDITS = 4, 5, 200  # a failing endpoint gets one request at a time; so there are several
TOTAL = DEALERS * WATCHES_EACH * EDITS
HASTY = Path(__file__).with_name("hasty_worker.py")
# After this many failures later deliveries of the watch no longer wait: the next try is half an hour away.
PASSED_AFTER = next(n for n, delay in enumerate(schedule.DELAYS) if delay > schedule.MAX_BLOCKING_DELAY)


class FailingEveryFifth:
    """Answers after 5 ms, so that requests overlap; counts those that are at it at once."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._present: set[int] = set()
        self.most_at_once = 0

    def __call__(self, _: Delivered) -> int:
        number = next(self._numbers)
        self._present.add(number)
        self.most_at_once = max(self.most_at_once, len(self._present))
        time.sleep(0.005)
        self._present.discard(number)
        return 500 if number % 5 == 0 else 200


def test_order_per_watch_holds_when_every_fifth_request_fails(receiver: Receiver) -> None:
    people = [_dealer(receiver) for _ in range(DEALERS)]
    receiver.answer = answer = FailingEveryFifth()
    with running("--threads", "16", program=HASTY):
        for price in range(EDITS):
            for person, watches in people:
                for watch in watches:
                    edit(person, watch, 100 + price)
        eventually(lambda: not Delivery.select().where(Delivery.completed_at.is_null()).exists(), 120)
    assert {row.state for row in Delivery.select(Delivery.state)} == {"succeeded"}
    passed = _passed()
    assert len(passed) < TOTAL / 50
    print(f"{len(receiver.deliveries)} requests, up to {answer.most_at_once} at once, {len(passed)} passed over")
    assert answer.most_at_once > 2
    assert _tries_of(receiver) == {row.id: row.attempts for row in Delivery.select()}
    assert _backwards(receiver, passed) == []


def _dealer(receiver: Receiver) -> tuple[Person, list[Listing]]:
    person = create_person("Busy Watches")
    watches = person.listings(WATCHES_EACH)
    person.endpoint(receiver.url)
    return person, watches


def _passed() -> set[str]:
    """Deliveries that the log says were passed over: they failed three times, the next try is half an hour away."""
    passed = {row.id for row in Delivery.select(Delivery.id).where(Delivery.is_passed)}
    failures = Attempt.select(Attempt.delivery).where(Attempt.number <= PASSED_AFTER, Attempt.status == 500).tuples()
    assert passed == {id_ for (id_,), count in Counter(failures).items() if count == PASSED_AFTER}
    return passed


def _tries_of(receiver: Receiver) -> dict[str, int]:
    return Counter(request.headers["WTH-Delivery-Id"] for request in receiver.deliveries)


def _backwards(receiver: Receiver, passed: set[str]) -> list[tuple[str, int, int]]:
    """(watch, sequence, the higher one that was before it), tries that come after a pass-over apart."""
    highest: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    found = []
    for request in receiver.deliveries:
        attempt = int(request.headers["WTH-Delivery-Attempt"])
        if request.headers["WTH-Delivery-Id"] in passed and attempt > PASSED_AFTER:
            continue
        watch, place = request.event["data"]["id"], (request.event["sequence"], attempt)
        if place <= highest[watch]:
            found.append((watch, place[0], highest[watch][0]))
        highest[watch] = max(highest[watch], place)
    return found
