"""Import of inventory files: creates listings, or updates them by SKU.

The rows are written in short transactions with pauses, because every other writer of an SQLite database waits for the
one that writes. An import that is all or nothing is checked completely before its first write. After that no row can be
rejected, so readers may see a part of it while it runs, but its end is all of it. A single transaction was rejected: it
held the database for a minute.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from errors import Refusal
from inventory.availability import Availability
from inventory.identifiers import to_compared_sku
from inventory.sheet import Sheet
from inventory.sheet_row import RowError, SheetRow
from models.base import fetch_tuples
from models.batches import TimeLimit, yield_to_writers
from models.database import db
from models.dealer import Actor
from models.listing import IN_STOCK, SOLD, Listing
from models.listing_batch import create_listings

ROWS_PER_CHUNK = 20  # written between two looks at the clock
_COLUMNS_BY_AVAILABILITY: Mapping[Availability, Mapping[str, Any]] = {
    Availability.FOR_SALE: {},
    Availability.WITHHELD: {"is_published": False},
    Availability.SOLD: {"is_published": False, "status": SOLD},
}


@dataclass
class ImportResult:
    """Counts of rows, errors by line, and the ids of the listings by line."""

    imported: int = 0
    updated: int = 0
    errors: list[RowError] = field(default_factory=list)
    ids_by_line: dict[int, str] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        return len({error.line for error in self.errors})

    @property
    def listing_ids(self) -> list[str]:
        """The ids in the order of the file."""
        return [self.ids_by_line[line] for line in sorted(self.ids_by_line)]

    def add_error(self, row: SheetRow, error: Refusal) -> None:
        self.errors.append(RowError(row.line, "", _describe(row.values), error.message))


def import_sheet(
    actor: Actor,
    sheet: Sheet,
    *,
    publish: bool,
    all_or_nothing: bool,
    report_progress: Callable[[int], None] = lambda _: None,
) -> ImportResult:
    """Write the valid rows of a sheet.

    With `all_or_nothing`, write no row if one has an error. `report_progress` is called after each transaction with the
    number of rows written so far.
    """
    result = ImportResult(errors=list(sheet.errors))
    rows = sheet.good
    if all_or_nothing:
        rows, atomic_rows = plan_all_or_nothing(actor, sheet, result, publish=publish)
    else:
        atomic_rows = 0
    for done in write_rows(actor, rows, result, publish=publish, atomic_rows=atomic_rows):
        report_progress(done)
    result.errors.sort(key=lambda error: error.line)
    return result


def plan_all_or_nothing(
    actor: Actor, sheet: Sheet, result: ImportResult, *, publish: bool
) -> tuple[list[SheetRow], int]:
    """Check all rows, and return those to write.

    The number is that of rows at the beginning that can still be rejected. Those are the new live watches, which the
    plan limits; `write_rows` writes them in one transaction. Errors are added to `result`, and then there are no rows
    to write.
    """
    known = _find_known_skus(actor, sheet.good)
    new = [row for row in sheet.good if _sku(row) not in known]
    try:
        Listing.require_inventory_capacity(actor, sum(row.availability != Availability.SOLD for row in new))
        if publish:
            Listing.require_channel(actor)
    except Refusal as error:
        for row in new if error.code == "inventory_limit_reached" else sheet.good:
            result.add_error(row, error)
    if result.errors:
        return [], 0
    if actor.is_test:
        return sheet.good, 0
    return [*new, *(row for row in sheet.good if _sku(row) in known)], len(new)


def write_rows(
    actor: Actor,
    rows: Sequence[SheetRow],
    result: ImportResult,
    *,
    publish: bool,
    atomic_rows: int = 0,
    done: int = 0,
    save_progress: Callable[[int], None] = lambda _: None,
) -> Iterator[int]:
    """Write rows in short transactions, and yield the number of rows done after each.

    The first `atomic_rows` are all written, or none if one is rejected, and then the others are not written either.
    `done` is the number of rows that an interrupted import has written. `save_progress` is called in each transaction.
    """
    while done < len(rows):
        with actor.dealer.locked():
            if done < atomic_rows:
                done = _write_atomic(actor, rows[:atomic_rows], len(rows), result, publish=publish)
            else:
                done += _write_in_time(actor, rows[done:], result, publish=publish)
            save_progress(done)
        yield done
        if done < len(rows):
            yield_to_writers()


def _write_atomic(actor: Actor, rows: Sequence[SheetRow], total: int, result: ImportResult, *, publish: bool) -> int:
    """Write new watches. Returns the number of rows done: all after an error."""
    try:
        with db.atomic():
            _create(actor, rows, result, publish=publish)
    except Refusal as error:
        for row in rows:
            result.add_error(row, error)
        return total
    return len(rows)


def _write_in_time(actor: Actor, rows: Sequence[SheetRow], result: ImportResult, *, publish: bool) -> int:
    """Write rows until the time of a transaction has passed; return their number."""
    limit = TimeLimit()
    for start in range(0, len(rows), ROWS_PER_CHUNK):
        _write_chunk(actor, rows[start : start + ROWS_PER_CHUNK], result, publish=publish)
        if limit.has_passed:
            return min(start + ROWS_PER_CHUNK, len(rows))
    return len(rows)


def _write_chunk(actor: Actor, rows: Sequence[SheetRow], result: ImportResult, *, publish: bool) -> None:
    """Write the new rows, one by one if they are rejected, then the known ones."""
    known = _find_known(actor, _skus(rows))
    new = [row for row in rows if _sku(row) not in known]
    one_by_one = [row for row in rows if _sku(row) in known]
    try:
        with db.atomic():
            _create(actor, new, result, publish=publish)
    except Refusal:
        one_by_one = list(rows)
    for row in one_by_one:
        try:
            with db.atomic():
                _write_row(actor, row, known.get(_sku(row) or ""), result, publish=publish)
        except Refusal as error:
            result.add_error(row, error)


def _create(actor: Actor, rows: Sequence[SheetRow], result: ImportResult, *, publish: bool) -> None:
    new = [{**to_columns(row.values), **_COLUMNS_BY_AVAILABILITY[row.availability]} for row in rows]
    listings = create_listings(actor, new, publish=publish)
    result.ids_by_line |= {row.line: listing.id for row, listing in zip(rows, listings, strict=True)}
    result.imported += len(rows)


def _write_row(actor: Actor, row: SheetRow, existing: Listing | None, result: ImportResult, *, publish: bool) -> None:
    if existing is None:
        _create(actor, [row], result, publish=publish)
        return
    listing = _update(actor, existing, to_columns(row.values))
    _set_availability(actor, listing, row.availability, publish=publish)
    result.updated += 1
    result.ids_by_line[row.line] = listing.id


def _set_availability(actor: Actor, listing: Listing, availability: Availability, *, publish: bool) -> None:
    """Take the watch off sale as its row says, or publish it.

    A sold watch is never returned to stock: the file may be older than the sale.
    """
    if availability == Availability.SOLD:
        if listing.status == IN_STOCK:
            listing.sell(actor)
    elif availability == Availability.WITHHELD:
        if listing.is_published:
            listing.unpublish(actor)
    elif publish and not listing.is_published:
        listing.publish(actor)


def _update(actor: Actor, listing: Listing, values: Mapping[str, Any]) -> Listing:
    """Change the listing, without a query if nothing differs.

    In a repeated import, nothing differs in most rows.
    """
    if all(getattr(listing, name) == value for name, value in values.items()):
        return listing
    return listing.change(actor, values)


def _find_known_skus(actor: Actor, rows: Sequence[SheetRow]) -> set[str]:
    skus, known = _skus(rows), set[str]()
    for start in range(0, len(skus), 500):
        query = Listing.with_skus(actor, skus[start : start + 500])
        known |= {to_compared_sku(sku) for (sku,) in fetch_tuples(query.select(Listing.sku))}
    return known


def _find_known(actor: Actor, skus: Sequence[str]) -> dict[str, Listing]:
    """Return the listings by compared SKU.

    Earlier releases accepted two spellings of one SKU as two listings: then the one that is spelled as in the file.
    """
    spellings = set(skus)
    listings = sorted(Listing.with_skus(actor, skus), key=lambda listing: listing.sku in spellings)
    return {to_compared_sku(listing.sku or ""): listing for listing in listings}


def _sku(row: SheetRow) -> str | None:
    """Return the compared SKU of a row."""
    sku = row.values.get("sku")
    return None if sku is None else to_compared_sku(sku)


def _skus(rows: Sequence[SheetRow]) -> list[str]:
    return [sku for row in rows if (sku := row.values.get("sku")) is not None]


def _describe(values: Mapping[str, Any]) -> str:
    """Name the watch in an error about its whole row."""
    return " ".join(values[name] for name in ("brand", "model", "reference") if name in values)[:200]


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
