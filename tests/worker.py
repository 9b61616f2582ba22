"""The worker in the test's own thread: the same tasks, recorder and sweep, run until nothing is due."""

from tasks.deliveries import dispatch_next
from tasks.queues.lanes import fast_lane, slow_lane
from tasks.result_recorder import recorder
from tasks.sweep import sweep

SLOW_THREADS = 8


def work_off() -> None:
    """Send what is due; deliveries that wait for a later retry stay."""
    sweep(SLOW_THREADS)
    while _run_one_task() or _write_results():
        pass


def run_fast_lane() -> None:
    """Run the queued tasks of the fast lane; their results stay unwritten."""
    while fast_lane.pending_count():
        fast_lane.execute(fast_lane.dequeue())


def _run_one_task() -> bool:
    for lane in (fast_lane, slow_lane):
        if lane.pending_count():
            lane.execute(lane.dequeue())
            return True
    return False


def _write_results() -> bool:
    if not recorder.has_results():
        return False
    batch = recorder.take_batch()
    assert batch is not None
    recorder.write(batch)
    dispatch_next(batch, SLOW_THREADS)
    return True
