"""Inventory files into listings: new watches and, by their SKU, known ones brought up to date."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from errors import Refusal
from inventory.sheet import RowError, Sheet, SheetRow
from models.database import db
from models.dealer import Actor
from models.listing import Listing

ROWS_PER_TRANSACTION = 100  # other writers of this dealer wait no longer than that takes


@dataclass
class ImportResult:
    """Counts of rows, what was wrong with which, and the listings that came of the good ones in file order."""

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
    note_progress: Callable[[int], None] = lambda _: None,
) -> ImportResult:
    """Writes the good rows; with `all_or_nothing` all rows in one transaction, or none if one is bad.

    `note_progress` hears after each transaction how many rows are written.
    """
    result = ImportResult(errors=list(sheet.errors))
    good = sheet.good
    if not all_or_nothing:
        for start in range(0, len(good), ROWS_PER_TRANSACTION):
            _write(actor, good[start : start + ROWS_PER_TRANSACTION], result, publish=publish)
            note_progress(min(start + ROWS_PER_TRANSACTION, len(good)))
    elif not result.errors:
        _write_all(actor, good, result, publish=publish)
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
                    _write_row(actor, columns_of(row.values), result, publish=publish)
            except Refusal as refusal:
                result.errors.append(RowError(row.line, "", _watch(row.values), refusal.message))


def _write_row(actor: Actor, values: Mapping[str, Any], result: ImportResult, *, publish: bool) -> None:
    known = _known(actor, values.get("sku"))
    listing = Listing.create_for(actor, values) if known is None else known.change(actor, values)
    if publish:
        listing.publish(actor)
    result.imported += known is None
    result.updated += known is not None
    result.listing_ids.append(listing.id)


def _watch(values: Mapping[str, Any]) -> str:
    """What a person calls it: the row as a whole was refused."""
    return " ".join(values[name] for name in ("brand", "model", "reference") if name in values)[:200]


def _known(actor: Actor, sku: str | None) -> Listing | None:
    return None if sku is None else Listing.of(actor).where(Listing.sku == sku).first()


def columns_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a listing for what a file says of one, in the spelling of inventory.values."""
    columns = dict(values)
    if "case_diameter_mm" in columns:
        columns["case_diameter_mm"] = float(columns["case_diameter_mm"])
    if "photos" in columns:
        columns["photos"] = [{"url": url, "position": position} for position, url in enumerate(columns["photos"])]
    return columns
