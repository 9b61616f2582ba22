"""Many deliveries to one slow receiver, and what is to be found when a campaign is over."""

import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field

import config
from models.delivery.attempt import Attempt
from models.delivery.claims import LEASE_MS
from models.delivery.delivery import Delivery
from tasks.queues.lanes import fast_lane, slow_lane
from tasks.sweep import INTERVAL_SECONDS
from tests.cast import create_person
from tests.journeys.processes import end, eventually, kill
from tests.receiver import Delivered, Receiver
from tests.tasks.traffic import edit

ENDPOINTS_EACH = 5  # the most that a dealer may have
WATCHES_EACH = 10
LONGEST_DELAY = LEASE_MS / 1000 + INTERVAL_SECONDS + 10  # and what the deliveries themselves take


@dataclass(frozen=True)
class Caught:
    """Requests that a kill caught: those still without an answer, and those whose answer was not yet written down.

    `oldest` is how many seconds before the kill the first of the unwritten answers went out.
    """

    unanswered: int
    unwritten: int
    oldest: float


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
            person = create_person("Busy Watches")
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

    def kill(self, worker: subprocess.Popen[bytes]) -> Caught:
        """kill -9. What it caught may come again, and nothing else may."""
        kill(worker.pid)
        killed_at = time.monotonic()
        end(worker)
        time.sleep(0.1)  # what was on its way to the receiver has arrived
        requests = self._note_unrecorded()
        answered = [request.answered_at for request in requests if (request.answered_at or killed_at) < killed_at]
        oldest = killed_at - min(answered, default=killed_at)
        return Caught(len(requests) - len(answered), len(answered), oldest)

    def _note_unrecorded(self) -> list[Delivered]:
        """Requests that arrived and of which the log knows no end."""
        ended = set(Attempt.select(Attempt.delivery, Attempt.number).where(Attempt.finished_at.is_null(False)).tuples())
        fresh = [request for request in self.arrived if _attempt(request) not in ended | self.unrecorded]
        self.unrecorded |= {_attempt(request) for request in fresh}
        return fresh

    def check(self) -> str:
        """Everything arrived, every row is final, only what was unrecorded came twice; says how it went."""
        copies = Counter(_id(request) for request in self.arrived)
        states = Counter(row.state for row in Delivery.select(Delivery.state))
        assert states == {"succeeded": self.total}
        assert len(copies) == self.total
        duplicates = sum(copies.values()) - self.total
        assert duplicates <= len(self.unrecorded)
        return f"{self.total} deliveries, {duplicates} duplicates, {len(self.unrecorded)} in flight at the kills"


def wipe_queue() -> None:
    """Every message is gone."""
    for lane in (fast_lane, slow_lane):
        lane.storage.flush_all()


def delete_queue() -> None:
    """The file is gone too, where the queue is one; no worker may run."""
    wipe_queue()
    if config.QUEUE_URL.startswith("sqlite"):
        for lane in (fast_lane, slow_lane):
            lane.storage.close()
        path = config.sqlite_path(config.QUEUE_URL)
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()


def _id(request: Delivered) -> str:
    return request.headers["WTH-Delivery-Id"]


def _attempt(request: Delivered) -> tuple[str, int]:
    return _id(request), int(request.headers["WTH-Delivery-Attempt"])


def _after_a_moment(_: Delivered) -> int:
    time.sleep(0.02)
    return 200
