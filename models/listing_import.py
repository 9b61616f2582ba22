"""Import of inventory files: creates listings, or updates them by SKU."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from errors import Refusal
from inventory.sheet import RowError, Sheet, SheetRow
from models.database import db
from models.dealer import Actor
from models.listing import Listing

ROWS_PER_TRANSACTION = 100  # bounds how long other writers of this dealer wait


@dataclass
class ImportResult:
    """Counts of rows, errors by line, and the ids of the listings in file order."""

    imported: int = 0
    updated: int = 0
    errors: list[RowError] = field(default_factory=list)
    listing_ids: list[str] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return len({error.line for error in self.errors})


def import_sheet(
    actor: Actor,
    sheet: Sheet,
    *,
    publish: bool,
    all_or_nothing: bool,
    report_progress: Callable[[int], None] = lambda _: None,
) -> ImportResult:
    """Write the valid rows of a sheet, in several transactions.

    With `all_or_nothing`, write all rows in one transaction, or none if one has an error. `report_progress` is called
    after each transaction with the number of rows written so far.
    """
    result = ImportResult(errors=list(sheet.errors))
    valid_rows = sheet.good
    if not all_or_nothing:
        for start in range(0, len(valid_rows), ROWS_PER_TRANSACTION):
            _write(actor, valid_rows[start : start + ROWS_PER_TRANSACTION], result, publish=publish)
            report_progress(min(start + ROWS_PER_TRANSACTION, len(valid_rows)))
    elif not result.errors:
        _write_all(actor, valid_rows, result, publish=publish)
    result.errors.sort(key=lambda error: error.line)
    return result


def _write_all(actor: Actor, rows: Sequence[SheetRow], result: ImportResult, *, publish: bool) -> None:
    with db.atomic() as transaction:
        _write(actor, rows, result, publish=publish)
        if result.errors:
            transaction.rollback()
            result.imported, result.updated, result.listing_ids = 0, 0, []


def _write(actor: Actor, rows: Sequence[SheetRow], result: ImportResult, *, publish: bool) -> None:
    with actor.dealer.locked():
        for row in rows:
            try:
                with db.atomic():
                    _write_row(actor, to_columns(row.values), result, publish=publish)
            except Refusal as error:
                result.errors.append(RowError(row.line, "", _describe(row.values), error.message))


def _write_row(actor: Actor, values: Mapping[str, Any], result: ImportResult, *, publish: bool) -> None:
    existing = _find_by_sku(actor, values.get("sku"))
    listing = Listing.create_for(actor, values) if existing is None else existing.change(actor, values)
    if publish:
        listing.publish(actor)
    result.imported += existing is None
    result.updated += existing is not None
    result.listing_ids.append(listing.id)


def _describe(values: Mapping[str, Any]) -> str:
    """Name the watch in an error about its whole row."""
    return " ".join(values[name] for name in ("brand", "model", "reference") if name in values)[:200]


def _find_by_sku(actor: Actor, sku: str | None) -> Listing | None:
    return None if sku is None else Listing.of(actor).where(Listing.sku == sku).first()


def to_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a sheet row to column values of a Listing.

    inventory/cell_parser.py defines the values of a row.
    """
    columns = dict(values)
    if "case_diameter_mm" in columns:
        columns["case_diameter_mm"] = float(columns["case_diameter_mm"])
    if "photos" in columns:
        columns["photos"] = [{"url": url, "position": position} for position, url in enumerate(columns["photos"])]
    return columns
