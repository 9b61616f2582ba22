"""Runs a background job: an import, bulk retries, or a sandbox reset."""

from collections.abc import Callable, Sequence
from typing import Any

from inventory.sheet import Sheet, read_sheet
from inventory.sheet_row import RowError, SheetRow
from models import sandbox
from models.dealer import Actor
from models.delivery.redelivery import FailedDeliveries
from models.jobs.job import IMPORT, RETRIES, SANDBOX_RESET, BackgroundJob, JobTakenOver
from models.jobs.queue import claim_next_job
from models.listing_import import ImportResult, plan_all_or_nothing, write_rows

MAX_STORED_ERRORS = 200  # and as many warnings

WakeWorker = Callable[[str], None]


def run_next_job(wake_worker: WakeWorker) -> bool:
    """Run the job whose turn it is, or continue an interrupted one.

    `wake_worker` is called with the dealer's id whenever deliveries may have become due. Returns False if there is no
    job to run now.
    """
    job = claim_next_job()
    if job is None:
        return False
    try:
        RUNNERS[job.kind](job, wake_worker)
    except JobTakenOver:
        return False
    return True


def _run_import(job: BackgroundJob, wake_worker: WakeWorker) -> None:
    """Import the rows in short transactions, and save the progress in each."""
    options, actor = job.options, Actor(job.dealer, job.is_test, "import")
    sheet = read_sheet(
        job.file,
        overrides=options["overrides"],
        default_country=job.dealer.country,
        encoding=options.get("encoding"),  # jobs of earlier builds have none of these
        sheet=options.get("sheet"),
        strict=options.get("strict", False),
    )
    result = _restore_result(job, sheet)
    rows, atomic_rows = _plan(job, actor, sheet, result)
    for _ in write_rows(
        actor,
        rows,
        result,
        publish=options["publish"],
        atomic_rows=atomic_rows,
        done=job.done,
        save_progress=lambda done: job.record_progress(done, _outcome(job, result)),
    ):
        wake_worker(actor.dealer.id)
    job.finish({**_outcome(job, result), "warnings": _to_lists(sheet.warnings)})


def _plan(job: BackgroundJob, actor: Actor, sheet: Sheet, result: ImportResult) -> tuple[list[SheetRow], int]:
    """Return the rows to write, and how many of them are written together.

    The order of an all-or-nothing import depends on the inventory before it, so an interrupted one keeps its order.
    """
    if not job.options["all_or_nothing"]:
        return sheet.good, 0
    if job.done:
        first = set(job.options["first_lines"])
        rows = sorted(sheet.good, key=lambda row: (row.line not in first, row.line))
        return rows, len(first)
    rows, atomic_rows = plan_all_or_nothing(actor, sheet, result, publish=job.options["publish"])
    job.options = {**job.options, "first_lines": [row.line for row in rows[:atomic_rows]]}
    job.save(only=[BackgroundJob.options])
    return rows, atomic_rows


def _restore_result(job: BackgroundJob, sheet: Sheet) -> ImportResult:
    """Return the errors of the file, and what an interrupted run has saved."""
    result = ImportResult(job.outcome.get("imported", 0), job.outcome.get("updated", 0), list(sheet.errors))
    saved = [RowError(*error) for error in job.outcome.get("errors", [])]
    result.errors += [error for error in saved if error not in result.errors]
    return result


def _outcome(job: BackgroundJob, result: ImportResult) -> dict[str, Any]:
    result.errors.sort(key=lambda error: error.line)
    failed = max(result.failed, job.outcome.get("failed", 0))
    return {
        "imported": result.imported,
        "updated": result.updated,
        "failed": failed,
        "errors": _to_lists(result.errors),
    }


def _to_lists(errors: Sequence[RowError]) -> list[list[Any]]:
    """Return the first errors or warnings in the form that is stored."""
    return [[error.line, error.column, error.value, error.reason] for error in errors[:MAX_STORED_ERRORS]]


def _run_retries(job: BackgroundJob, wake_worker: WakeWorker) -> None:
    before = job.done
    for done in FailedDeliveries(job.dealer, job.options["since"], job.options["until"], is_test=job.is_test).retry():
        job.record_progress(before + done, {"taken_up": before + done})
        wake_worker(job.dealer.id)
    job.finish({"taken_up": job.done})


def _run_sandbox_reset(job: BackgroundJob, wake_worker: WakeWorker) -> None:
    for _ in sandbox.delete_older(job.dealer, job.options["before"]):
        job.record_progress(job.done + 1, {})
    sandbox.create_order(job.dealer)
    job.finish({})
    wake_worker(job.dealer.id)


RUNNERS: dict[str, Callable[[BackgroundJob, WakeWorker], None]] = {
    IMPORT: _run_import,
    RETRIES: _run_retries,
    SANDBOX_RESET: _run_sandbox_reset,
}
