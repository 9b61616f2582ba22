"""Many deliveries to one slow receiver, and what is to be found when a campaign is over."""

import time
from collections import Counter
from dataclasses import dataclass, field

from models.attempt import Attempt
from models.delivery import Delivery
from tests.cast import enlist
from tests.journeys.processes import eventually
from tests.receiver import Delivered, Receiver
from tests.tasks.traffic import edit

ENDPOINTS_EACH = 5  # the most that a dealer may have
WATCHES_EACH = 10


@dataclass
class Campaign:
    """`dealers` with five endpoints each, all at one receiver that takes 20 ms for an answer."""

    receiver: Receiver
    dealers: int
    edits: int
    unrecorded: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.receiver.answer, self.receiver.is_checked = _after_a_moment, False
        for _ in range(self.dealers):
            person = enlist("Busy Watches")
            watches = person.listings(WATCHES_EACH)
            for number in range(ENDPOINTS_EACH):
                person.endpoint(f"{self.receiver.url}?{number}")
            for number in range(self.edits):
                edit(person, watches[number % WATCHES_EACH], 1000 + number)

    @property
    def total(self) -> int:
        return self.dealers * ENDPOINTS_EACH * self.edits

    @property
    def arrived(self) -> list[Delivered]:
        """Whole requests: of the last one of a killed worker there may be a part."""
        requests = list(self.receiver.deliveries)
        return [request for request in requests if len(request.body) == int(request.headers["Content-Length"])]

    def wait_for_more(self, count: int, seconds: float = 90) -> None:
        """Until that many further requests have arrived, or all deliveries are done."""
        aim = len(self.receiver.deliveries) + count
        eventually(lambda: len(self.receiver.deliveries) >= aim or self.is_over(), seconds)

    def is_over(self) -> bool:
        return not Delivery.select().where(Delivery.completed_at.is_null()).exists()

    def note_unrecorded(self) -> int:
        """Call after a kill: requests that arrived and of which the log knows no end. They may come again."""
        arrived = {(_id(request), int(request.headers["WTH-Delivery-Attempt"])) for request in self.arrived}
        ended = Attempt.select(Attempt.delivery, Attempt.number).where(Attempt.finished_at.is_null(False)).tuples()
        lost = arrived - set(ended) - self.unrecorded
        self.unrecorded |= lost
        return len(lost)

    def check(self) -> str:
        """Everything arrived, every row is final, only what was unrecorded came twice; says how it went."""
        copies = Counter(_id(request) for request in self.arrived)
        states = Counter(row.state for row in Delivery.select(Delivery.state))
        assert states == {"succeeded": self.total}
        assert len(copies) == self.total
        duplicates = sum(copies.values()) - self.total
        assert duplicates <= len(self.unrecorded)
        return f"{self.total} deliveries, {duplicates} duplicates, {len(self.unrecorded)} in flight at the kills"


def _id(request: Delivered) -> str:
    return request.headers["WTH-Delivery-Id"]


def _after_a_moment(_: Delivered) -> int:
    time.sleep(0.02)
    return 200
