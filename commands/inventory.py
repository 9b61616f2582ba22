"""`wth inventory`: a dealer's watches in and out as files."""

import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, BinaryIO

import click
import orjson

from commands.arguments import dealer_option, mode_option
from commands.dealer import find_dealer
from commands.output import CommandOutput, HubGroup, example
from commands.tables import table
from errors import Refusal
from inventory.columns import MappingError, parse_override
from inventory.csv_reader import MAX_FILE_BYTES, SheetError
from inventory.export import write_csv
from inventory.money import currency_rate
from inventory.sheet import RowError, Sheet, read_sheet
from models.dealer import Actor
from models.listing import Listing
from models.listing_import import ImportResult, import_sheet
from models.money import to_euro
from tasks.wake_up import wake_worker

EXAMPLE = example("wth inventory import watches.csv --dealer anna@uhrenhaus.example --mode live --publish")


class ColumnOption(click.ParamType[tuple[str, str]]):
    """`column=field`."""

    name = "column=field"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        try:
            return parse_override(str(value))
        except MappingError as reason:
            self.fail(str(reason), param, ctx)


class RateOption(click.ParamType[tuple[str, Decimal]]):
    """`USD=0.92`."""

    name = "currency=euro"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Decimal]:
        try:
            return currency_rate(str(value))
        except ValueError as reason:
            self.fail(str(reason), param, ctx)


@click.group(cls=HubGroup, epilog=EXAMPLE)
def inventory() -> None:
    """Inventory files of dealers."""


@inventory.command("import", epilog=EXAMPLE)
@click.argument("file", type=click.File("rb"))
@dealer_option()
@mode_option()
@click.option("--publish", is_flag=True, help="Put the watches on the custom channel at once.")
@click.option("--map", "columns", type=ColumnOption(), multiple=True, help="Field of a column that is not recognised.")
@click.option("--currency-rate", "rates", type=RateOption(), multiple=True, help="Worth of 1 unit in euro: USD=0.92.")
@click.option("--all-or-nothing", is_flag=True, help="Import nothing when a row is wrong.")
def import_file(
    file: BinaryIO,
    dealer_name: str,
    mode: str,
    publish: bool,
    columns: Iterable[tuple[str, str]],
    rates: Iterable[tuple[str, Decimal]],
    all_or_nothing: bool,
) -> CommandOutput:
    """Read a CSV file. Watches whose SKU is known are brought up to date; rows that are wrong are named."""
    actor = Actor(find_dealer(dealer_name), mode == "test", "import")
    sheet = _read(file, dict(columns), dict(rates))
    result = import_sheet(
        actor, sheet, publish=publish, all_or_nothing=all_or_nothing, report_progress=_progress(len(sheet.good))
    )
    wake_worker(actor.dealer.id)
    return _report(sheet, result, all_or_nothing=all_or_nothing)


@inventory.command(epilog=example("wth inventory export --dealer anna@uhrenhaus.example --mode live > watches.csv"))
@dealer_option()
@mode_option()
@click.option("--format", "kind", type=click.Choice(("csv", "jsonl")), default="csv", show_default=True, help="Format.")
def export(dealer_name: str, mode: str, kind: str) -> CommandOutput:
    """Write all watches of one mode to standard output. The CSV file can be imported again."""
    actor = Actor(find_dealer(dealer_name), mode == "test", "dashboard")
    listings = list(Listing.of(actor).order_by(Listing.created_at, Listing.id))
    shapes = [_with_private_fields(listing) for listing in listings]
    text = write_csv(map(_row, listings)) if kind == "csv" else _lines(shapes)
    return CommandOutput({"object": "list", "data": shapes}, text)


def _read(file: BinaryIO, columns: dict[str, str], rates: dict[str, Decimal]) -> Sheet:
    """Rows that name no country get the dealer's when they are new and keep theirs when they are known."""
    try:
        return read_sheet(file.read(MAX_FILE_BYTES + 1), overrides=columns, rates=rates)
    except (SheetError, MappingError) as reason:
        raise Refusal("unreadable_file", str(reason)) from None


def _progress(total: int) -> Any:
    def note(done: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done} of {total} rows", nl=done >= total, err=True)

    return note


def _report(sheet: Sheet, result: ImportResult, *, all_or_nothing: bool) -> CommandOutput:
    document = {
        "imported": result.imported,
        "updated": result.updated,
        "failed": result.failed,
        "errors": [_shape(error) for error in result.errors],
        "listing_ids": result.listing_ids,
    }
    return CommandOutput(document, _text(sheet, result), _failure(sheet, result, all_or_nothing=all_or_nothing))


def _shape(error: RowError) -> dict[str, Any]:
    return {"line": error.line, "column": error.column, "value": error.value, "reason": error.reason}


def _text(sheet: Sheet, result: ImportResult) -> str:
    counts = f"{result.imported} imported, {result.updated} updated, {result.failed} failed."
    ignored = [f"Columns that were not read: {', '.join(sheet.columns.ignored)}."] if sheet.columns.ignored else []
    rows = [(error.line, error.column, error.value[:40], error.reason) for error in result.errors]
    wrong = table(("LINE", "COLUMN", "VALUE", "REASON"), rows, empty="No row is wrong.")
    return "\n".join([*sheet.notes, *ignored, wrong, counts, *_warning(sheet, result)])


def _warning(sheet: Sheet, result: ImportResult) -> list[str]:
    if "sku" in sheet.columns.fields or not result.imported:
        return []
    return ["No column holds an SKU: imported again, this file adds its watches again. Name one with --map COLUMN=sku."]


def _failure(sheet: Sheet, result: ImportResult, *, all_or_nothing: bool) -> str | None:
    if not sheet.rows:
        return "The file has no rows below its header."
    if all_or_nothing and result.errors:
        return "Nothing was imported, because rows are wrong: correct them, or leave out --all-or-nothing."
    return None if result.listing_ids else "Nothing was imported: correct the rows that are named."


def _row(listing: Listing) -> dict[str, Any]:
    """What the inventory package reads and writes."""
    return {**listing.columns(), "photos": [photo["url"] for photo in listing.photos]}


def _with_private_fields(listing: Listing) -> dict[str, Any]:
    cost = listing.cost_price_cents
    own = {name: getattr(listing, name) for name in ("sku", "serial_number", "supplier")}
    return {**listing.to_dict(), **own, "cost_price_eur": None if cost is None else to_euro(cost)}


def _lines(shapes: Iterable[dict[str, Any]]) -> Iterator[str]:
    return (orjson.dumps(shape, option=orjson.OPT_APPEND_NEWLINE).decode() for shape in shapes)
