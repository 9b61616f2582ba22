"""`wth inventory`: imports and exports a dealer's watches as files."""

import sys
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, BinaryIO

import click
import orjson

from commands.arguments import dealer_option, mode_option
from commands.dealer import find_dealer
from commands.output import CommandOutput, HubGroup, example
from commands.tables import render_table
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
    """Column and field, such as `Strap=bracelet_material`."""

    name = "column=field"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        try:
            return parse_override(str(value))
        except MappingError as error:
            self.fail(str(error), param, ctx)


class RateOption(click.ParamType[tuple[str, Decimal]]):
    """Currency and its value in euros, such as `USD=0.92`."""

    name = "currency=euro"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Decimal]:
        try:
            return currency_rate(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.group(cls=HubGroup, epilog=EXAMPLE)
def inventory() -> None:
    """Import and export watches."""


@inventory.command("import", epilog=EXAMPLE)
@click.argument("file", type=click.File("rb"))
@dealer_option()
@mode_option()
@click.option("--publish", is_flag=True, help="Publish the watches immediately.")
@click.option(
    "--map", "columns", type=ColumnOption(), multiple=True, help="Field of a column, if it is not recognized."
)
@click.option(
    "--currency-rate", "rates", type=RateOption(), multiple=True, help="Value of one unit in euros, such as USD=0.92."
)
@click.option("--all-or-nothing", is_flag=True, help="Import nothing if a row has an error.")
def import_file(
    file: BinaryIO,
    dealer_name: str,
    mode: str,
    publish: bool,
    columns: Iterable[tuple[str, str]],
    rates: Iterable[tuple[str, Decimal]],
    all_or_nothing: bool,
) -> CommandOutput:
    """Import watches from a CSV file.

    Rows with a known SKU update their watch. Rows with errors are listed and skipped.
    """
    actor = Actor(find_dealer(dealer_name), mode == "test", "import")
    sheet = _read(file, dict(columns), dict(rates))
    result = import_sheet(
        actor, sheet, publish=publish, all_or_nothing=all_or_nothing, report_progress=_progress_printer(len(sheet.good))
    )
    wake_worker(actor.dealer.id)
    return _report(sheet, result, all_or_nothing=all_or_nothing)


@inventory.command(epilog=example("wth inventory export --dealer anna@uhrenhaus.example --mode live > watches.csv"))
@dealer_option()
@mode_option()
@click.option(
    "--format",
    "file_format",
    type=click.Choice(("csv", "jsonl")),
    default="csv",
    show_default=True,
    help="File format.",
)
def export(dealer_name: str, mode: str, file_format: str) -> CommandOutput:
    """Write all watches of a mode to standard output. You can import the CSV file again."""
    actor = Actor(find_dealer(dealer_name), mode == "test", "dashboard")
    listings = list(Listing.of(actor).order_by(Listing.created_at, Listing.id))
    data = [_with_private_fields(listing) for listing in listings]
    text = write_csv(map(_row, listings)) if file_format == "csv" else _json_lines(data)
    return CommandOutput({"object": "list", "data": data}, text)


def _read(file: BinaryIO, columns: dict[str, str], rates: dict[str, Decimal]) -> Sheet:
    """Read without a default country: new watches get their dealer's, known ones keep theirs."""
    try:
        return read_sheet(file.read(MAX_FILE_BYTES + 1), overrides=columns, rates=rates)
    except (SheetError, MappingError) as error:
        raise Refusal("unreadable_file", str(error)) from None


def _progress_printer(total: int) -> Callable[[int], None]:
    def print_progress(done: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done} of {total} rows", nl=done >= total, err=True)

    return print_progress


def _report(sheet: Sheet, result: ImportResult, *, all_or_nothing: bool) -> CommandOutput:
    document = {
        "imported": result.imported,
        "updated": result.updated,
        "failed": result.failed,
        "errors": [_error_to_dict(error) for error in result.errors],
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
    return "\n".join([*sheet.notes, *ignored, errors, counts, *_sku_warning(sheet, result)])


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


def _row(listing: Listing) -> dict[str, Any]:
    """Return a listing in the representation of the inventory package."""
    return {**listing.columns(), "photos": [photo["url"] for photo in listing.photos]}


def _with_private_fields(listing: Listing) -> dict[str, Any]:
    cost = listing.cost_price_cents
    private = {name: getattr(listing, name) for name in ("sku", "serial_number", "supplier")}
    return {**listing.to_dict(), **private, "cost_price_eur": None if cost is None else to_euro(cost)}


def _json_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    return (orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE).decode() for row in rows)
