"""The worker's work in the test's own thread, until nothing is due: the same tasks, recorder and sweep."""

from tasks import queues
from tasks.deliveries import dispatch_next
from tasks.result_recorder import recorder
from tasks.sweep import sweep


def work_off() -> None:
    """Sends what is due; deliveries that wait for a later retry stay."""
    sweep()
    while _run_one() or _record():
        pass


def _run_one() -> bool:
    for lane in (queues.fast_lane, queues.slow_lane):
        if lane.pending_count():
            lane.execute(lane.dequeue())
            return True
    return False


def _record() -> bool:
    if not recorder.has_outcomes():
        return False
    batch = recorder.take()
    assert batch is not None
    recorder.write(batch)
    dispatch_next(batch)
    return True
