"""The worker in the test's own thread: the same claims, attempts and recorder, run until nothing is due."""

from models.delivery.attempt_request import AttemptRequest
from tasks.dispatcher import dispatcher
from tasks.queues.huey_queues import default_queue, periodic_queue
from tasks.result_recorder import recorder


def work_off() -> None:
    """Send what is due; deliveries that wait for a later retry stay."""
    dispatcher.sweep()
    while _run_one_task() or make_attempts() or write_results():
        pass


def make_attempts() -> bool:
    """Claim what may start and send it; the results stay unwritten. Returns False if nothing was claimed."""
    return bool(dispatcher.claim(_run_attempts))


def _run_attempts(requests: list[AttemptRequest]) -> None:
    for request in requests:
        dispatcher.run_attempt(request)


def send_due() -> None:
    """Send what is due and leave the results unwritten."""
    dispatcher.sweep()
    make_attempts()


def write_results() -> bool:
    if not recorder.has_results():
        return False
    batch = recorder.take_batch()
    assert batch is not None
    recorder.write(batch)
    dispatcher.note_results(batch)
    return True


def _run_one_task() -> bool:
    for queue in (default_queue, periodic_queue):
        if queue.pending_count():
            queue.execute(queue.dequeue())
            return True
    return False
