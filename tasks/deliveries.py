"""Delivery tasks: wake up for a dealer, send one delivery. The rows say what to do; a task is only a nudge."""

import functools
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import config
from errors import Refusal
from models.clock import now
from models.database import connection
from models.delivery import claims as delivery_claims
from models.delivery.claims import Claim
from models.delivery.results import AttemptResult
from tasks import queues
from tasks.result_recorder import recorder
from webhooks.send import Sender

log = logging.getLogger("wth.deliveries")


@queues.fast_lane.task(name="wake")  # type: ignore[untyped-decorator] # huey ships no types
def wake(dealer_id: str) -> None:
    """Something was recorded for this dealer: lease what is due and hand it out."""
    with tolerate_database_outage():
        room = queues.free_retry_slots()
        with connection():
            claims = delivery_claims.claim_for_dealer(dealer_id, room)
        enqueue_claims(claims)


@queues.fast_lane.task(name="send")  # type: ignore[untyped-decorator] # huey ships no types
def send(delivery_id: str, generation: int) -> None:
    with tolerate_database_outage():
        make_attempt(delivery_id, generation)


@queues.slow_lane.task(name="send_late")  # type: ignore[untyped-decorator] # huey ships no types
def send_late(delivery_id: str, generation: int) -> None:
    """The late lane may be long: the lease is renewed before the attempt, or the delivery is left to its new owner."""
    with tolerate_database_outage():
        with connection():
            is_ours = delivery_claims.renew_lease(delivery_id, generation)
        if is_ours:
            make_attempt(delivery_id, generation)


@contextmanager
def tolerate_database_outage() -> Iterator[None]:
    """A database that is away costs a delay, and one line of the log."""
    try:
        yield
    except Refusal as refusal:
        log.warning("What is due waits for the next sweep: %s", refusal.message)


def enqueue_claims(claims: Iterable[Claim]) -> None:
    """Puts leased deliveries into their lanes."""
    for claim in claims:
        lane = send_late if claim.is_slow else send
        lane(claim.delivery_id, claim.generation)


def claim_and_enqueue(endpoint_ids: list[str]) -> None:
    room = queues.free_retry_slots()
    with connection():
        claims = delivery_claims.claim_for_endpoints(endpoint_ids, room)
    enqueue_claims(claims)


def probe(failing_endpoint_ids: list[str]) -> None:
    """The first of them, as many as the late lane has room for, by one request each."""
    room = queues.free_probe_slots()
    if room > 0:
        with connection():
            claims = delivery_claims.claim_for_endpoints(failing_endpoint_ids[:room], room)
        enqueue_claims(claims)


def dispatch_next(outcomes: Sequence[AttemptResult]) -> None:
    """What was recorded freed slots, and let the next of each resource go. A failing endpoint goes to the end of its
    queue: others that fail have their turn before it."""
    failing = {outcome.job.endpoint_id for outcome in outcomes if not outcome.is_success}
    if answering := {outcome.job.endpoint_id for outcome in outcomes} - failing:
        claim_and_enqueue(sorted(answering))
    if failing:
        with connection():
            waiting = delivery_claims.failing_endpoints_with_due()
        probe(waiting)


def make_attempt(delivery_id: str, generation: int) -> None:
    """One try, without a database connection while the receiver thinks; what came of it goes to the recorder."""
    if not recorder.wait_for_capacity():
        return  # the lease ends, and the sweep finds the delivery
    with connection():
        job = delivery_claims.load_attempt(delivery_id, generation)
    if job is None:
        return
    sent_at = now()
    headers = job.request_headers(sent_at)
    reply = sender().send(job.url, job.body.encode(), headers)
    recorder.add(AttemptResult(job, sent_at, headers, reply))


@functools.cache
def sender() -> Sender:
    """The process's one sender: its connections stay open between deliveries."""
    return Sender(allow_private=config.ALLOW_PRIVATE_WEBHOOKS)
