"""Report of `wth inventory import`: counts, errors by row, and what to do next."""

from typing import Any

from commands.output import CommandOutput
from commands.tables import render_table
from inventory.money import NO_RATE
from inventory.sheet import Sheet
from inventory.sheet_row import RowError
from models.listing_import import ImportResult


def report_import(sheet: Sheet, result: ImportResult, *, all_or_nothing: bool) -> CommandOutput:
    """Return the counts, the errors by row, and whether the command failed."""
    document = {
        "imported": result.imported,
        "updated": result.updated,
        "failed": result.failed,
        "not_for_sale": len(sheet.not_for_sale),
        "errors": [_error_to_dict(error) for error in result.errors],
        "warnings": [_error_to_dict(warning) for warning in sheet.warnings],
        "ignored_columns": sheet.columns.ignored,
        "encoding": sheet.encoding,
        "sheet": sheet.sheet_name,
        "notes": sheet.notes,
        "listing_ids": result.listing_ids,
    }
    return CommandOutput(document, _render(sheet, result), _failure(sheet, result, all_or_nothing=all_or_nothing))


def _error_to_dict(error: RowError) -> dict[str, Any]:
    return {"line": error.line, "column": error.column, "value": error.value, "reason": error.reason}


def _render(sheet: Sheet, result: ImportResult) -> str:
    counts = f"{result.imported} created, {result.updated} updated, {result.failed} failed."
    ignored = [f"Ignored columns: {', '.join(sheet.columns.ignored)}."] if sheet.columns.ignored else []
    rows = [(error.line, error.column, error.value[:40], error.reason) for error in result.errors]
    errors = render_table(("LINE", "COLUMN", "VALUE", "ERROR"), rows, empty="No errors.")
    lines = [*sheet.notes, *ignored, errors, *_render_warnings(sheet), counts, *_not_for_sale_hint(sheet)]
    return "\n".join([*lines, *_rate_hint(result), *_sku_warning(sheet, result)])


def _render_warnings(sheet: Sheet) -> list[str]:
    rows = [(warning.line, warning.column, warning.value[:40], warning.reason) for warning in sheet.warnings]
    return [render_table(("LINE", "COLUMN", "VALUE", "WARNING"), rows, empty="")] if rows else []


def _not_for_sale_hint(sheet: Sheet) -> list[str]:
    count = len(sheet.not_for_sale)
    return [f"Not put on sale, because their rows say so: {count}."] if count else []


def _rate_hint(result: ImportResult) -> list[str]:
    if not any(NO_RATE in error.reason for error in result.errors):
        return []
    return ["To convert prices to euros, add the value of one unit, such as --currency-rate USD=0.92."]


def _sku_warning(sheet: Sheet, result: ImportResult) -> list[str]:
    if "sku" in sheet.columns.fields or not result.imported:
        return []
    return [
        "Warning: no column holds an SKU, so importing this file again creates its watches again. Choose the column "
        "with --map COLUMN=sku."
    ]


def _failure(sheet: Sheet, result: ImportResult, *, all_or_nothing: bool) -> str | None:
    if not sheet.rows:
        return "Nothing was imported: the file has no rows below its header."
    if all_or_nothing and result.errors:
        return "Nothing was imported: fix the rows with errors, or leave out --all-or-nothing."
    return None if result.listing_ids else "Nothing was imported: fix the rows with errors."
