"""What an job does once a person has said yes: write a file into listings, or send again what failed."""

from collections.abc import Callable
from typing import Any

from inventory.sheet import RowError, Sheet, read_sheet
from models.dealer import Actor
from models.delivery.redelivery import FailedDeliveries
from models.jobs.job import IMPORT, RUNNING, BackgroundJob
from models.listing_import import ROWS_PER_TRANSACTION, ImportResult, import_sheet

SHOWN_ERRORS = 200

WakeWorker = Callable[[str], None]


def run_job(job_id: str, wake_worker: WakeWorker) -> None:
    """Does a begun job with progress; one that is done, or gone, is left alone."""
    job = BackgroundJob.get_or_none(BackgroundJob.id == job_id, BackgroundJob.state == RUNNING)
    if job is not None:
        (_import if job.kind == IMPORT else _retry)(job, wake_worker)


def _import(job: BackgroundJob, wake_worker: WakeWorker) -> None:
    """Writes the good rows, with progress after each hundred; all or nothing is one step."""
    options, actor = job.options, Actor(job.dealer, job.is_test, "import")
    sheet = read_sheet(job.file, overrides=options["overrides"], default_country=job.dealer.country)
    result = ImportResult(errors=list(sheet.errors))
    step = max(1, len(sheet.rows)) if options["all_or_nothing"] else ROWS_PER_TRANSACTION
    for start in range(0, len(sheet.rows), step):
        part = Sheet(sheet.columns, sheet.rows[start : start + step], [])
        part_result = import_sheet(actor, part, publish=options["publish"], all_or_nothing=options["all_or_nothing"])
        _add(result, part_result, known=part.errors)
        job.record_progress(min(start + step, len(sheet.rows)), _outcome(result))
        wake_worker(actor.dealer.id)
    job.finish(_outcome(result))


def _add(result: ImportResult, part: ImportResult, known: list[RowError]) -> None:
    result.imported += part.imported
    result.updated += part.updated
    result.errors += [error for error in part.errors if error not in known]
    result.errors.sort(key=lambda error: error.line)


def _outcome(result: ImportResult) -> dict[str, Any]:
    errors = [[error.line, error.column, error.value, error.reason] for error in result.errors[:SHOWN_ERRORS]]
    counts = {"imported": result.imported, "updated": result.updated, "failed": result.failed}
    return {**counts, "errors": errors}


def _retry(job: BackgroundJob, wake_worker: WakeWorker) -> None:
    done = 0
    for done in FailedDeliveries(job.dealer, job.options["since"], job.options["until"]).retry():
        job.record_progress(done, {"taken_up": done})
        wake_worker(job.dealer.id)
    job.finish({"taken_up": done})
