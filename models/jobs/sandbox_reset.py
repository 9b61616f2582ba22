"""Starts a reset of the sandbox, whose older rows a background job deletes.

The API runs each write in one transaction, which must not last as long as the deletion of many rows.
"""

from models import sandbox
from models.clock import format_rfc3339
from models.dealer import Actor
from models.jobs.job import SANDBOX_RESET, BackgroundJob
from models.sample_ids import SAMPLE_NUMBERS
from spec import types

_unannounced: dict[str, str] = {}  # by dealer: a job that this process has started, and no worker was told of


def start_reset(actor: Actor) -> types.SandboxReset:
    """Restore the sample listings and start the job that deletes older test rows.

    Call `take_started_job` after the commit.
    """
    at = sandbox.restore_listings(actor.dealer)
    job = BackgroundJob.create_draft(actor.dealer, SANDBOX_RESET, is_test=True)
    job.start(0, {"before": at})
    _unannounced[actor.dealer.id] = job.id
    return {"object": "sandbox_reset", "listings": len(SAMPLE_NUMBERS), "deletes_before": str(format_rfc3339(at))}


def take_started_job(dealer_id: str) -> str | None:
    """Return the ID of the job that a dealer's request has started, once.

    A job of a transaction that was rolled back may be among them, which does no harm: the worker does not find it. Nor
    does a lost one, because a periodic job looks for jobs that wait.
    """
    return _unannounced.pop(dealer_id, None)
