"""What an errand does once a person has said yes: write a file into listings, or send again what failed."""

from collections.abc import Callable
from typing import Any

from inventory.sheet import RowError, Sheet, read_sheet
from models.dealer import Actor
from models.delivery.redelivery import Failed
from models.jobs.job import IMPORT, RUNNING, Errand
from models.listing_import import ROWS_PER_TRANSACTION, ImportResult, import_sheet

SHOWN_ERRORS = 200

Ring = Callable[[str], None]


def carry_out(errand_id: str, ring: Ring) -> None:
    """Does a begun errand with progress; one that is done, or gone, is left alone."""
    errand = Errand.get_or_none(Errand.id == errand_id, Errand.state == RUNNING)
    if errand is not None:
        (_import if errand.kind == IMPORT else _retry)(errand, ring)


def _import(errand: Errand, ring: Ring) -> None:
    """Writes the good rows, with progress after each hundred; all or nothing is one step."""
    options, actor = errand.options, Actor(errand.dealer, errand.is_test, "import")
    sheet = read_sheet(errand.file, overrides=options["overrides"], default_country=errand.dealer.country)
    result = ImportResult(errors=list(sheet.errors))
    step = max(1, len(sheet.rows)) if options["all_or_nothing"] else ROWS_PER_TRANSACTION
    for start in range(0, len(sheet.rows), step):
        part = Sheet(sheet.columns, sheet.rows[start : start + step], [])
        part_result = import_sheet(actor, part, publish=options["publish"], all_or_nothing=options["all_or_nothing"])
        _add(result, part_result, known=part.errors)
        errand.advance(min(start + step, len(sheet.rows)), _outcome(result))
        ring(actor.dealer.id)
    errand.finish(_outcome(result))


def _add(result: ImportResult, part: ImportResult, known: list[RowError]) -> None:
    result.imported += part.imported
    result.updated += part.updated
    result.errors += [error for error in part.errors if error not in known]
    result.errors.sort(key=lambda error: error.line)


def _outcome(result: ImportResult) -> dict[str, Any]:
    errors = [[error.line, error.column, error.value, error.reason] for error in result.errors[:SHOWN_ERRORS]]
    counts = {"imported": result.imported, "updated": result.updated, "failed": result.failed}
    return {**counts, "errors": errors}


def _retry(errand: Errand, ring: Ring) -> None:
    done = 0
    for done in Failed(errand.dealer, errand.options["since"], errand.options["until"]).retry():
        errand.advance(done, {"taken_up": done})
        ring(errand.dealer.id)
    errand.finish({"taken_up": done})
