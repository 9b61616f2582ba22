"""Wake-up messages for the dispatcher.

The rows are the source of truth: a message only names a dealer with due deliveries.
"""

from models.database import DatabaseUnavailable
from tasks.attempts import load_claimed, make_attempt
from tasks.dispatcher import dispatcher
from tasks.queues.huey_queues import default_queue, periodic_queue


@default_queue.task(name="wake")  # type: ignore[untyped-decorator] # huey ships no types
def wake(dealer_id: str) -> None:
    """Tell the dispatcher of this process that a dealer has due deliveries."""
    dispatcher.wake(dealer_id)


# Workers of earlier versions put their claims into the queue. After an upgrade, this worker sends what is left there.


@default_queue.task(name="send")  # type: ignore[untyped-decorator] # huey ships no types
def send(delivery_id: str, generation: int) -> None:
    """Make an attempt that an earlier version has claimed."""
    try:
        request = load_claimed(delivery_id, generation)
    except DatabaseUnavailable:  # the lease expires
        return
    if request is not None:
        make_attempt(request)


@periodic_queue.task(name="send_late")  # type: ignore[untyped-decorator] # huey ships no types
def send_slow(delivery_id: str, generation: int) -> None:
    """Make an attempt that an earlier version has claimed."""
    send.call_local(delivery_id, generation)
