"""Preview of an inventory file: its counts, its first rows and errors.

Parsing a large file takes seconds of CPU time. So previews are kept, and a page that is reloaded parses nothing.
"""

from dataclasses import dataclass
from functools import lru_cache

from errors import Refusal
from inventory.column_map import ColumnChoiceError, MappingError
from inventory.csv_reader import SheetError
from inventory.encodings import EncodingError
from inventory.sheet import read_sheet
from inventory.sheet_row import RowError, SheetRow
from inventory.table import read_table
from models.jobs.job import BackgroundJob
from models.jobs.run import MAX_STORED_ERRORS

SHOWN_ROWS = 25
SHOWN_COLUMNS = 60
KEPT_PREVIEWS = 64  # per process, at most about 100 KiB each

Overrides = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Preview:
    """The counts of a file, and as much of it as the page shows."""

    rows: int
    good: int
    errors: int
    first_rows: list[SheetRow]
    first_errors: list[RowError]
    not_for_sale: int
    warnings: int
    first_warnings: list[RowError]
    notes: list[str]
    encoding: str
    ignored: list[str]


@dataclass(frozen=True)
class FileHeader:
    """The first column names of a file, and the sheets of a workbook."""

    columns: tuple[str, ...] = ()
    sheet_name: str = ""
    sheet_names: tuple[str, ...] = ()


@lru_cache(KEPT_PREVIEWS)
def preview_file(
    dealer_id: str,
    job_id: str,
    overrides: Overrides,
    default_country: str,
    encoding: str | None,
    sheet_name: str | None,
    *,
    strict: bool,
) -> Preview:
    """Parse the file of a dealer's draft, in the chosen encoding or sheet.

    Raises `unreadable_file`, `import_not_found`.
    """
    try:
        sheet = read_sheet(
            BackgroundJob.find_file(dealer_id, job_id),
            overrides=dict(overrides),
            default_country=default_country,
            encoding=encoding,
            sheet=sheet_name,
            strict=strict,
        )
    except ColumnChoiceError as error:
        raise Refusal("unreadable_file", f"{error} Choose the column below.") from None
    except EncodingError as error:
        raise Refusal("unreadable_file", f"{error} Choose the encoding below.") from None
    except (SheetError, MappingError) as error:
        raise Refusal("unreadable_file", str(error)) from None
    good, errors = sheet.good, sheet.errors
    return Preview(
        rows=len(sheet.rows),
        good=len(good),
        errors=len(errors),
        first_rows=good[:SHOWN_ROWS],
        first_errors=errors[:MAX_STORED_ERRORS],
        not_for_sale=len(sheet.not_for_sale),
        warnings=len(sheet.warnings),
        first_warnings=sheet.warnings[:MAX_STORED_ERRORS],
        notes=sheet.notes,
        encoding=sheet.encoding,
        ignored=list(sheet.columns.ignored),
    )


@lru_cache(KEPT_PREVIEWS)
def read_header(dealer_id: str, job_id: str, encoding: str | None, sheet: str | None) -> FileHeader:
    """Read the header of a draft; it is empty if the file cannot be read.

    Raises `import_not_found`.
    """
    try:
        table = read_table(BackgroundJob.find_file(dealer_id, job_id), encoding=encoding, sheet=sheet)
    except SheetError:
        return FileHeader()
    names = [name for name in table.header.names if name]
    return FileHeader(tuple(names[:SHOWN_COLUMNS]), table.sheet_name, table.sheet_names)
