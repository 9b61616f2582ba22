"""Makes one attempt: sends the request and passes the result to the recorder."""

import functools
from urllib.parse import urlsplit

import config
from models.clock import now
from models.database import DatabaseUnavailable, connection
from models.delivery.attempt_request import AttemptRequest, load_attempt
from models.delivery.results import AttemptResult
from tasks.heartbeat import heartbeat
from tasks.result_recorder import recorder
from telemetry import log_context, tracing
from telemetry.tracing import AttemptSpan, Tracer
from webhooks.authorities import create_context
from webhooks.send import Sender
from webhooks.simulation import find_receiver


def make_attempt(claimed: AttemptRequest) -> bool:
    """Send the request of a claimed delivery, if the claim still holds.

    Returns False if the database is unavailable, so that the claim must be released. Holds no database connection
    during the request.
    """
    with log_context.opened(
        dealer=claimed.dealer_id,
        event_id=claimed.event_id,
        delivery_id=claimed.delivery_id,
        attempt=claimed.number,
    ):
        return _make_attempt(claimed)


def _make_attempt(claimed: AttemptRequest) -> bool:
    if not recorder.wait_for_capacity():
        return False
    request: AttemptRequest | None = claimed
    if not (claimed.is_fresh() and heartbeat.is_fresh()):
        try:
            request = load_claimed(claimed.delivery_id, claimed.generation)
        except DatabaseUnavailable:  # the outage is logged already
            return False
    if request is not None:
        send_request(request)
    return True


def send_request(request: AttemptRequest) -> None:
    """Send a request and pass the result to the recorder."""
    sent_at = now()
    headers = request.headers(sent_at)
    span = None if tracing.process.tracer is None else _begin_span(tracing.process.tracer, request)
    if span is not None:
        headers["traceparent"] = span.traceparent
    simulated = find_receiver(request.url, public_url=config.PUBLIC_URL)
    response = simulated(request.number) if simulated else sender().send(request.url, request.body, headers)
    if span is not None:
        span.end(response.status, response.error)
    recorder.add(AttemptResult(request, sent_at, headers, response))


def _begin_span(tracer: Tracer, request: AttemptRequest) -> AttemptSpan:
    """Begin the span of an attempt.

    It has the host of the URL only, because the path may hold a token.
    """
    attributes: dict[str, str | int] = {
        "http.request.method": "POST",
        "server.address": urlsplit(request.url).hostname or "",
        "wth.attempt.number": request.number,
        "wth.dealer.id": request.dealer_id,
        "wth.delivery.id": request.delivery_id,
        "wth.endpoint.id": request.endpoint_id,
        "wth.event.id": request.event_id,
    }
    return tracer.begin_attempt(request.event_type, request.traceparent, attributes)


def load_claimed(delivery_id: str, generation: int) -> AttemptRequest | None:
    """Load a claimed delivery; None if the claim is lost.

    Raises `service_unavailable`.
    """
    with connection():
        return load_attempt(delivery_id, generation)


@functools.cache
def sender() -> Sender:
    """Return the Sender of this process, which keeps connections alive.

    Raises `invalid_ca_file` at the first call.
    """
    context = create_context(config.WEBHOOK_CA_FILE)
    return Sender(allow_private=config.ALLOW_PRIVATE_WEBHOOKS, ssl_context=context)
