"""A worker is killed or suspended: another one sends its deliveries within five seconds, and none of them twice."""

import signal
import time
from collections import Counter

import pytest

from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.worker_heartbeat import WorkerHeartbeat
from tests.cast import Cast
from tests.journeys.processes import eventually, kill, running, start
from tests.receiver import Receiver
from tests.tasks.traffic import edit

DELIVERIES = 10
MAX_SECONDS = 5


@pytest.fixture
def endpoint(cast: Cast, receiver: Receiver) -> Endpoint:
    """An endpoint with ten due deliveries and ten slots."""
    watches = cast.owner.listings(DELIVERIES)
    endpoint, _ = cast.owner.endpoint(receiver.url)
    Endpoint.update(slots=10).where(Endpoint.id == endpoint.id).execute()
    for watch in watches:
        edit(cast.owner, watch, 100)
    return endpoint


def is_over() -> bool:
    return not Delivery.select().where(Delivery.completed_at.is_null()).exists()


def hang_until(end: float) -> int:
    time.sleep(max(0.0, end - time.monotonic()))
    return 200


def workers() -> int:
    return WorkerHeartbeat.select().count()


def test_deliveries_of_a_killed_worker_are_sent_by_another_within_five_seconds(
    endpoint: Endpoint, receiver: Receiver
) -> None:
    hangs_until = time.monotonic() + 60
    receiver.respond = lambda _: hang_until(hangs_until)
    victim = start("worker", "--threads", "4")
    receiver.wait_for(DELIVERIES)
    with running("worker", "--threads", "4"):
        eventually(lambda: workers() == 2)
        receiver.respond = lambda _: 200
        kill(victim.pid)
        victim.wait(10)
        eventually(is_over, MAX_SECONDS)
    copies = Counter(request.headers["WTH-Event-Id"] for request in receiver.deliveries)
    assert set(copies.values()) == {2}  # one was in flight at the kill, one came from the other worker


def test_restarted_worker_sends_the_deliveries_of_its_predecessor(endpoint: Endpoint, receiver: Receiver) -> None:
    hangs_until = time.monotonic() + 60
    receiver.respond = lambda _: hang_until(hangs_until)
    victim = start("worker", "--threads", "4")
    receiver.wait_for(DELIVERIES)
    kill(victim.pid)
    victim.wait(10)
    receiver.respond = lambda _: 200
    with running("worker", "--threads", "4"):
        eventually(lambda: workers() == 2)
        eventually(is_over, MAX_SECONDS)
        eventually(lambda: workers() == 1)


def test_suspended_worker_sends_nothing_twice_when_it_resumes(endpoint: Endpoint, receiver: Receiver) -> None:
    """It has claims in memory that another worker has sent in the meantime."""
    receiver.respond = lambda _: hang_until(time.monotonic() + 0.15)
    Endpoint.update(slots=10).execute()
    with running("worker", "--threads", "2") as suspended, running("worker", "--threads", "4"):
        receiver.wait_for(1)
        suspended.send_signal(signal.SIGSTOP)
        time.sleep(0.3)  # until everything that it has sent has arrived
        in_flight = len(receiver.deliveries)
        eventually(is_over, MAX_SECONDS + 3)
        suspended.send_signal(signal.SIGCONT)
        time.sleep(0.5)  # it would send its claims now
    assert len(receiver.deliveries) <= DELIVERIES + in_flight


def test_stopped_worker_leaves_no_heartbeat_and_no_claims(endpoint: Endpoint, receiver: Receiver) -> None:
    receiver.respond = lambda _: hang_until(time.monotonic() + 0.15)
    with running("worker", "--threads", "2") as worker:
        receiver.wait_for(1)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    assert workers() == 0
    assert not Delivery.select().where(Delivery.state == "sending").exists()
    assert len(receiver.deliveries) == Delivery.select().where(Delivery.state == "succeeded").count()
