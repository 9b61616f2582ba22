"""The worker tells each wake-up task how many threads its slow lane has."""

import pytest

from models.delivery.endpoint import Endpoint
from tasks.queues.lanes import fast_lane, slow_lane
from tasks.wake_up import wake_worker
from tasks.worker import pass_slow_threads
from tests.cast import Cast
from tests.conftest import Clock
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import edit


@pytest.fixture
def failing(cast: Cast, receiver: Receiver, later: Later, clock: Clock) -> list[Endpoint]:
    """Four failing endpoints of one dealer, each with a due retry."""
    receiver.respond = lambda _: 500
    endpoints = [cast.owner.endpoint(f"{receiver.url}?{number}")[0] for number in range(4)]
    edit(cast.owner, cast.owner.listing(), 100)
    later(1)
    clock.forward(600)
    return endpoints


@pytest.mark.parametrize(("threads", "claimed"), [(1, 1), (2, 1), (4, 2), (8, 4)])
def test_wake_up_claims_as_many_slow_deliveries_as_the_slow_lane_accepts(
    cast: Cast, failing: list[Endpoint], threads: int, claimed: int
) -> None:
    """Half of the slow-lane threads, at least one: the other half is reserved for probes."""
    pass_slow_threads(threads)
    try:
        wake_worker(cast.owner.dealer.id)
        fast_lane.execute(fast_lane.dequeue())
    finally:
        fast_lane.unregister_pre_execute("slow_threads")
    assert slow_lane.pending_count() == claimed
