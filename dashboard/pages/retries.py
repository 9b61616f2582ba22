"""Bulk retry pages.

They count the failed deliveries of a time range, retry them in a background job, and show its progress.
"""

from starlette.responses import Response

from dashboard.pages.channel import require_integration
from dashboard.request import PageRequest
from models.clock import DAY_MS, now, parse_rfc3339
from models.delivery.redelivery import FailedDeliveries
from models.jobs.job import RETRIES, BackgroundJob
from models.search.pagination import count_rows


def show_new(request: PageRequest) -> Response:
    require_integration(request)
    failed = _find_failed_deliveries(request)
    return request.render("pages/retry_failed.html", failed=failed, count=count_rows(failed.select()))


def start(request: PageRequest) -> Response:
    require_integration(request)
    failed = _find_failed_deliveries(request)
    count, options = failed.count(), {"since": failed.since, "until": failed.until}
    with request.audited_change("delivery.retried_many", None, f"{count} deliveries") as change:
        job = BackgroundJob.create_draft(request.dealer, RETRIES, is_test=request.is_test, options=options)
        job.start(count, options)
        change.subject_id, change.path = job.id, f"/channels/custom/retries/{job.id}"
    request.enqueue_job(job.id)
    return request.redirect(change.path)


def show(request: PageRequest) -> Response:
    job = BackgroundJob.find(request.dealer, RETRIES, request.row_id)
    failed = FailedDeliveries(request.dealer, job.options["since"], job.options["until"], is_test=job.is_test)
    pending_count = count_rows(failed.select_retried())
    return request.render("pages/retry_progress.html", job=job, pending_count=pending_count)


def _find_failed_deliveries(request: PageRequest) -> FailedDeliveries:
    """Those of the submitted time range; of the last day by default."""
    until = parse_rfc3339(request.value("until")) or now()
    since = parse_rfc3339(request.value("since")) or until - DAY_MS
    return FailedDeliveries(request.dealer, since, until, is_test=request.is_test)
