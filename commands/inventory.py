"""`wth inventory`: imports and exports a dealer's watches as files."""

import sys
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import chain
from typing import Any, BinaryIO

import click
import orjson

from commands.arguments import dealer_option, mode_option
from commands.database import HubGroup
from commands.dealer import find_dealer
from commands.import_report import report_import
from commands.output import CommandOutput, example
from errors import Refusal
from inventory.column_map import ColumnChoiceError, MappingError
from inventory.column_overrides import parse_override
from inventory.csv_reader import MAX_FILE_BYTES, SheetError
from inventory.encodings import EncodingError, find_encoding
from inventory.export import BYTE_ORDER_MARK, write_csv
from inventory.money import currency_rate
from inventory.sheet import Sheet, read_sheet
from models.dealer import Actor
from models.listing import Listing
from models.listing_export import read_listings, to_export_row
from models.listing_import import import_sheet
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
    """Currency and the value of one unit in euros, such as `USD=0.92`."""

    name = "currency=rate"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Decimal]:
        try:
            return currency_rate(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class EncodingOption(click.ParamType[str]):
    """Encoding by any common name, such as `windows-1251`."""

    name = "encoding"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return find_encoding(str(value))
        except EncodingError as error:
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
@click.option("--encoding", type=EncodingOption(), help="Encoding of a CSV file, if it is not detected.")
@click.option("--sheet", help="Sheet of a workbook. Without it, the first one with the required columns.")
@click.option("--strict", is_flag=True, help="Reject a row if any of its cells cannot be read, also an optional one.")
@click.option("--all-or-nothing", is_flag=True, help="Import nothing if a row has an error.")
def import_file(
    file: BinaryIO,
    dealer_name: str,
    mode: str,
    publish: bool,
    columns: Iterable[tuple[str, str]],
    rates: Iterable[tuple[str, Decimal]],
    encoding: str | None,
    sheet: str | None,
    strict: bool,
    all_or_nothing: bool,
) -> CommandOutput:
    """Import watches from a CSV file or a workbook (.xlsx, .xls, .ods).

    Rows with a known SKU update their watch. Rows with errors are listed and skipped. Rows that are sold, reserved,
    draft or out of stock are never published. An optional cell that cannot be read is a warning, and its row is
    imported. The page /docs/imports of the hub lists the columns.
    """
    actor = Actor(find_dealer(dealer_name), mode == "test", "import")
    table = {"encoding": encoding, "sheet": sheet}
    parsed = _read(file, {"overrides": dict(columns), "rates": dict(rates), **table, "strict": strict})
    progress = _progress_printer(len(parsed.good))
    result = import_sheet(actor, parsed, publish=publish, all_or_nothing=all_or_nothing, report_progress=progress)
    wake_worker(actor.dealer.id)
    return report_import(parsed, result, all_or_nothing=all_or_nothing)


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
    """Write all watches of a mode to standard output.

    You can import the CSV file again. An apostrophe stands before text that a spreadsheet would run as a formula: at
    the start of a cell, and after a semicolon, tab, vertical bar or line break inside it. The import removes these
    apostrophes.
    """
    actor = Actor(find_dealer(dealer_name), mode == "test", "dashboard")
    listings = chain.from_iterable(read_listings(Listing.of(actor)))
    if file_format == "csv":
        text: Iterator[str] = _mark_encoding(write_csv(map(to_export_row, listings)))
    else:
        text = _json_lines(map(_to_dict, listings))
    return CommandOutput(lambda: {"object": "list", "data": list(map(_to_dict, listings))}, text)


def _read(file: BinaryIO, options: dict[str, Any]) -> Sheet:
    """Read the file with options of `read_sheet`, but without a default country.

    New watches get the country of their dealer. Known ones keep theirs.
    """
    try:
        return read_sheet(file.read(MAX_FILE_BYTES + 1), **options)
    except ColumnChoiceError as error:
        message = f"{error} Choose the column with --map COLUMN={error.field}."
        raise Refusal("unreadable_file", message) from None
    except EncodingError as error:
        raise Refusal("unreadable_file", f"{error} Add it with --encoding.") from None
    except (SheetError, MappingError) as error:
        raise Refusal("unreadable_file", str(error)) from None


def _progress_printer(total: int) -> Callable[[int], None]:
    def print_progress(done: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{done} of {total} rows", nl=done >= total, err=True)

    return print_progress


def _to_dict(listing: Listing) -> dict[str, Any]:
    """Serialize with the private fields."""
    cost = listing.cost_price_cents
    private = {name: getattr(listing, name) for name in ("sku", "serial_number", "supplier")}
    return {**listing.to_dict(), **private, "cost_price_eur": None if cost is None else to_euro(cost)}


def _mark_encoding(lines: Iterator[str]) -> Iterator[str]:
    """Put the byte order mark before the first line."""
    yield BYTE_ORDER_MARK + next(lines)
    yield from lines


def _json_lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    return (orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE).decode() for row in rows)
