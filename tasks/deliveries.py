"""Transactional outbox, worker side: claims due deliveries and sends them.

The rows are the source of truth. A message only names a dealer with due deliveries, or a claim to send.
"""

import functools
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

import config
from models.clock import now
from models.database import DatabaseUnavailable, connection
from models.delivery import claims as delivery_claims
from models.delivery.claims import Claim
from models.delivery.results import AttemptResult
from tasks.queues.guarded import QueueUnavailable
from tasks.queues.lanes import (
    DEFAULT_SLOW_THREADS,
    count_free_probe_slots,
    count_free_retry_slots,
    fast_lane,
    slow_lane,
)
from tasks.result_recorder import recorder
from webhooks.send import Sender

log = logging.getLogger("wth.deliveries")


@fast_lane.task(name="wake")  # type: ignore[untyped-decorator] # huey ships no types
def wake(dealer_id: str, slow_threads: int = DEFAULT_SLOW_THREADS) -> None:
    """Claim and enqueue a dealer's due deliveries.

    The message has only the dealer's id; the worker adds `slow_threads`.
    """
    with tolerate_outage():
        slow_slots = count_free_retry_slots(slow_threads)
        with connection():
            claims = delivery_claims.claim_for_dealer(dealer_id, slow_slots)
        enqueue_claims(claims)


@fast_lane.task(name="send")  # type: ignore[untyped-decorator] # huey ships no types
def send(delivery_id: str, generation: int) -> None:
    """Make an attempt of the fast lane."""
    with tolerate_outage():
        make_attempt(delivery_id, generation)


@slow_lane.task(name="send_late")  # type: ignore[untyped-decorator] # huey ships no types
def send_slow(delivery_id: str, generation: int) -> None:
    """Make an attempt of the slow lane.

    Its message may have waited there for a thread, so renew the lease first.
    """
    with tolerate_outage():
        with connection():
            has_lease = delivery_claims.renew_lease(delivery_id, generation)
        if has_lease:
            make_attempt(delivery_id, generation)


@contextmanager
def tolerate_outage() -> Iterator[None]:
    """Tolerate an outage of the database or the queue, which is logged already.

    The sweep sends the deliveries later.
    """
    with suppress(DatabaseUnavailable, QueueUnavailable):
        yield


def enqueue_claims(claims: Iterable[Claim]) -> None:
    """Enqueue a message for each claim in its lane."""
    for claim in claims:
        task = send_slow if claim.is_slow else send
        task(claim.delivery_id, claim.generation)


def claim_and_enqueue(endpoint_ids: list[str], slow_threads: int) -> None:
    """Claim and enqueue due deliveries of healthy endpoints, up to their free slots."""
    slow_slots = count_free_retry_slots(slow_threads)
    with connection():
        claims = delivery_claims.claim_for_endpoints(endpoint_ids, slow_slots)
    enqueue_claims(claims)


def probe(failing_endpoint_ids: list[str], slow_threads: int) -> None:
    """Send half-open probes: one request each to the first failing endpoints.

    The free slots of the slow lane limit their number.
    """
    slots = count_free_probe_slots(slow_threads)
    if slots > 0:
        with connection():
            claims = delivery_claims.claim_for_endpoints(failing_endpoint_ids[:slots], slots)
        enqueue_claims(claims)


def dispatch_next(results: Sequence[AttemptResult], slow_threads: int) -> None:
    """Dispatch further deliveries after results were recorded.

    Recorded results free slots and unblock successors. After a failure, the endpoint is probed last among the failing
    ones.
    """
    failing = {result.request.endpoint_id for result in results if not result.is_success}
    if healthy := {result.request.endpoint_id for result in results} - failing:
        claim_and_enqueue(sorted(healthy), slow_threads)
    if failing:
        with connection():
            endpoint_ids = delivery_claims.find_failing_endpoints_with_due()
        probe(endpoint_ids, slow_threads)


def make_attempt(delivery_id: str, generation: int) -> None:
    """Send one request and pass the result to the recorder.

    Holds no database connection during the request.
    """
    if not recorder.wait_for_capacity():
        return  # the lease expires, and the sweep claims the delivery again
    with connection():
        request = delivery_claims.load_attempt(delivery_id, generation)
    if request is None:
        return
    sent_at = now()
    headers = request.headers(sent_at)
    response = sender().send(request.url, request.body.encode(), headers)
    recorder.add(AttemptResult(request, sent_at, headers, response))


@functools.cache
def sender() -> Sender:
    """Return the Sender of this process, which keeps connections alive."""
    return Sender(allow_private=config.ALLOW_PRIVATE_WEBHOOKS)
