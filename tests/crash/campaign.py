"""Crash campaign: many deliveries to one slow receiver, worker kills, and the checks afterwards."""

import subprocess
import time
from collections import Counter
from dataclasses import dataclass, field

import config
from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from tasks.queues.huey_queues import default_queue, periodic_queue
from tests.cast import create_person
from tests.journeys.processes import end, eventually, kill
from tests.receiver import Delivered, Receiver
from tests.tasks.traffic import edit

ENDPOINTS_EACH = 5  # the maximum per dealer
WATCHES_EACH = 10
# The claims of a killed worker expire after three seconds of silence, which its successor checks every half second.
REDELIVERED_SECONDS = 5
MAX_DELAY_SECONDS = REDELIVERED_SECONDS + 10  # 10 s for the deliveries themselves


@dataclass(frozen=True)
class KillReport:
    """Requests in flight at a kill: those without a response, and those whose result was not yet written.

    `oldest_seconds` is the age of the oldest unwritten response at the kill.
    """

    without_response: int
    unwritten: int
    oldest_seconds: float


@dataclass
class Campaign:
    """`dealers` with five endpoints each, all at one receiver that takes 20 ms to respond."""

    receiver: Receiver
    dealers: int
    edits: int
    unrecorded: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.receiver.respond, self.receiver.validates_bodies = _respond_slowly, False
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
        """Complete requests: a killed worker may have sent a part of its last one."""
        requests = list(self.receiver.deliveries)
        return [request for request in requests if len(request.body) == int(request.headers["Content-Length"])]

    def wait_for_more(self, count: int, seconds: float = 90) -> None:
        """Wait until that many further requests have arrived, or all deliveries are complete."""
        target = len(self.receiver.deliveries) + count
        eventually(lambda: len(self.receiver.deliveries) >= target or self.is_over(), seconds)

    def is_over(self) -> bool:
        return not Delivery.select().where(Delivery.completed_at.is_null()).exists()

    def kill(self, worker: subprocess.Popen[bytes]) -> KillReport:
        """Send kill -9 and report the requests in flight: only those may arrive again."""
        kill(worker.pid)
        killed_at = time.monotonic()
        end(worker)
        time.sleep(0.1)  # until requests on their way have arrived
        requests = self._note_unrecorded()
        responded = [at for request in requests if (at := request.responded_at) is not None and at < killed_at]
        oldest_seconds = killed_at - min(responded, default=killed_at)
        return KillReport(len(requests) - len(responded), len(responded), oldest_seconds)

    def _note_unrecorded(self) -> list[Delivered]:
        """Find requests that arrived and whose attempt is unfinished in the log."""
        finished = set(
            Attempt.select(Attempt.delivery, Attempt.number).where(Attempt.finished_at.is_null(False)).tuples()
        )
        new = [request for request in self.arrived if _attempt(request) not in finished | self.unrecorded]
        self.unrecorded |= {_attempt(request) for request in new}
        return new

    def check(self) -> str:
        """Check that every delivery succeeded and only unrecorded requests came twice. Returns a summary."""
        copies = Counter(_id(request) for request in self.arrived)
        states = Counter(row.state for row in Delivery.select(Delivery.state))
        assert states == {"succeeded": self.total}
        assert len(copies) == self.total
        duplicates = sum(copies.values()) - self.total
        assert duplicates <= len(self.unrecorded)
        return f"{self.total} deliveries, {duplicates} duplicates, {len(self.unrecorded)} in flight at the kills"


def wipe_queue() -> None:
    """Delete every message."""
    for queue in (default_queue, periodic_queue):
        queue.storage.flush_all()


def delete_queue() -> None:
    """Delete every message, and the queue's file on SQLite; no worker may run."""
    wipe_queue()
    if config.QUEUE_URL.startswith("sqlite"):
        for queue in (default_queue, periodic_queue):
            queue.storage.close()
        path = config.sqlite_path(config.QUEUE_URL)
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()


def _id(request: Delivered) -> str:
    return request.headers["WTH-Delivery-Id"]


def _attempt(request: Delivered) -> tuple[str, int]:
    return _id(request), int(request.headers["WTH-Delivery-Attempt"])


def _respond_slowly(_: Delivered) -> int:
    time.sleep(0.02)
    return 200
