"""Sending again all that failed in a time: first the count, then the yes, then the progress."""

from starlette.responses import Response

from dashboard.forms.filters import instant
from dashboard.pages.channel import integration_of
from dashboard.request import Visit
from models.accounts.audit import AuditEntry
from models.clock import now
from models.delivery.delivery import Delivery
from models.delivery.redelivery import Failed
from models.jobs.job import RETRIES, Errand

DAY_MS = 24 * 3_600_000


def show_new(visit: Visit) -> Response:
    integration_of(visit)
    failed = _failed(visit)
    return visit.render("retries_new.html", failed=failed, count=failed.count())


def begin(visit: Visit) -> Response:
    integration_of(visit)
    failed = _failed(visit)
    count = failed.count()
    options = {"since": failed.since, "until": failed.until}
    errand = Errand.draft(visit.dealer, RETRIES, is_test=visit.is_test, options=options)
    errand.begin(count, options)
    AuditEntry.record(visit.actor, visit.user.email, "delivery.retried_many", errand.id, f"{count} deliveries")
    visit.start_errand(errand.id)
    return visit.redirect(f"/channels/custom/retries/{errand.id}")


def show(visit: Visit) -> Response:
    errand = Errand.find(visit.dealer, RETRIES, visit.row_id)
    since, until = errand.options["since"], errand.options["until"]
    own = Delivery.of(visit.dealer).where(
        Delivery.created_at >= since, Delivery.created_at <= until, Delivery.trigger == "manual"
    )
    return visit.render("retries.html", errand=errand, waiting=own.where(Delivery.completed_at.is_null()).count())


def _failed(visit: Visit) -> Failed:
    """Of the last day, unless the person gave other times."""
    until = instant(visit.given("until")) or now()
    return Failed(visit.dealer, instant(visit.given("since")) or until - DAY_MS, until)
