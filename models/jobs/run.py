"""Runs a background job: imports an inventory file, or retries failed deliveries."""

from collections.abc import Callable
from typing import Any

from inventory.sheet import RowError, Sheet, read_sheet
from models.dealer import Actor
from models.delivery.redelivery import FailedDeliveries
from models.jobs.job import IMPORT, RUNNING, BackgroundJob
from models.listing_import import ROWS_PER_TRANSACTION, ImportResult, import_sheet

MAX_STORED_ERRORS = 200

WakeWorker = Callable[[str], None]


def run_job(job_id: str, wake_worker: WakeWorker) -> None:
    """Run a job that has been started; ignore one that is done or deleted.

    `wake_worker` is called with the dealer's id whenever deliveries may have become due.
    """
    job = BackgroundJob.get_or_none(BackgroundJob.id == job_id, BackgroundJob.state == RUNNING)
    if job is not None:
        run = _run_import if job.kind == IMPORT else _run_retries
        run(job, wake_worker)


def _run_import(job: BackgroundJob, wake_worker: WakeWorker) -> None:
    """Import the valid rows in chunks, with progress after each.

    With `all_or_nothing` there is a single chunk.
    """
    options, actor = job.options, Actor(job.dealer, job.is_test, "import")
    sheet = read_sheet(job.file, overrides=options["overrides"], default_country=job.dealer.country)
    result = ImportResult(errors=list(sheet.errors))
    chunk_size = max(1, len(sheet.rows)) if options["all_or_nothing"] else ROWS_PER_TRANSACTION
    for start in range(0, len(sheet.rows), chunk_size):
        chunk = Sheet(sheet.columns, sheet.rows[start : start + chunk_size], [])
        chunk_result = import_sheet(actor, chunk, publish=options["publish"], all_or_nothing=options["all_or_nothing"])
        _add(result, chunk_result, known_errors=chunk.errors)
        job.record_progress(min(start + chunk_size, len(sheet.rows)), _outcome(result))
        wake_worker(actor.dealer.id)
    job.finish(_outcome(result))


def _add(result: ImportResult, chunk: ImportResult, known_errors: list[RowError]) -> None:
    result.imported += chunk.imported
    result.updated += chunk.updated
    result.errors += [error for error in chunk.errors if error not in known_errors]
    result.errors.sort(key=lambda error: error.line)


def _outcome(result: ImportResult) -> dict[str, Any]:
    errors = [[error.line, error.column, error.value, error.reason] for error in result.errors[:MAX_STORED_ERRORS]]
    counts = {"imported": result.imported, "updated": result.updated, "failed": result.failed}
    return {**counts, "errors": errors}


def _run_retries(job: BackgroundJob, wake_worker: WakeWorker) -> None:
    done = 0
    for done in FailedDeliveries(job.dealer, job.options["since"], job.options["until"]).retry():
        job.record_progress(done, {"taken_up": done})
        wake_worker(job.dealer.id)
    job.finish({"taken_up": done})
