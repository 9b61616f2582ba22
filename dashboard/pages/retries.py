"""Sending again all that failed in a time: first the count, then the yes, then the progress."""

from starlette.responses import Response

from dashboard.pages.channel import integration_of
from dashboard.request import PageRequest
from models.accounts.audit import AuditEntry
from models.clock import now, parse_rfc3339
from models.delivery.delivery import Delivery
from models.delivery.redelivery import FailedDeliveries
from models.jobs.job import RETRIES, BackgroundJob

DAY_MS = 24 * 3_600_000


def show_new(request: PageRequest) -> Response:
    integration_of(request)
    failed = _failed(request)
    return request.render("pages/retry_failed.html", failed=failed, count=failed.count())


def begin(request: PageRequest) -> Response:
    integration_of(request)
    failed = _failed(request)
    count = failed.count()
    options = {"since": failed.since, "until": failed.until}
    job = BackgroundJob.create_draft(request.dealer, RETRIES, is_test=request.is_test, options=options)
    job.start(count, options)
    AuditEntry.record(request.actor, request.user.email, "delivery.retried_many", job.id, f"{count} deliveries")
    request.enqueue_job(job.id)
    return request.redirect(f"/channels/custom/retries/{job.id}")


def show(request: PageRequest) -> Response:
    job = BackgroundJob.find(request.dealer, RETRIES, request.row_id)
    since, until = job.options["since"], job.options["until"]
    own = Delivery.of(request.dealer).where(
        Delivery.created_at >= since, Delivery.created_at <= until, Delivery.trigger == "manual"
    )
    return request.render(
        "pages/retry_progress.html", job=job, waiting=own.where(Delivery.completed_at.is_null()).count()
    )


def _failed(request: PageRequest) -> FailedDeliveries:
    """Of the last day, unless the person gave other times."""
    until = parse_rfc3339(request.value("until")) or now()
    return FailedDeliveries(request.dealer, parse_rfc3339(request.value("since")) or until - DAY_MS, until)
