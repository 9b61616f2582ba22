"""Preview of an inventory file: its counts, its first rows and errors.

Parsing a large file takes seconds of CPU time. So previews are kept, and a page that is reloaded parses nothing.
"""

from dataclasses import dataclass
from functools import lru_cache

from errors import Refusal
from inventory.columns import ColumnChoiceError, MappingError
from inventory.csv_reader import SheetError, decode, read_records
from inventory.sheet import RowError, SheetRow, read_sheet
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
    notes: list[str]
    ignored: list[str]


@lru_cache(KEPT_PREVIEWS)
def preview_file(dealer_id: str, job_id: str, overrides: Overrides, default_country: str) -> Preview:
    """Parse the file of a dealer's draft.

    Raises `unreadable_file`, `import_not_found`.
    """
    try:
        sheet = read_sheet(
            BackgroundJob.find_file(dealer_id, job_id), overrides=dict(overrides), default_country=default_country
        )
    except ColumnChoiceError as error:
        raise Refusal("unreadable_file", f"{error} Choose the column below.") from None
    except (SheetError, MappingError) as error:
        raise Refusal("unreadable_file", str(error)) from None
    good, errors = sheet.good, sheet.errors
    return Preview(
        rows=len(sheet.rows),
        good=len(good),
        errors=len(errors),
        first_rows=good[:SHOWN_ROWS],
        first_errors=errors[:MAX_STORED_ERRORS],
        notes=sheet.notes,
        ignored=list(sheet.columns.ignored),
    )


@lru_cache(KEPT_PREVIEWS)
def read_header(dealer_id: str, job_id: str) -> list[str]:
    """Return the names of the first columns of a draft's file.

    Raises `import_not_found`.
    """
    header = next(read_records(decode(BackgroundJob.find_file(dealer_id, job_id))[0]), None)
    return [name.strip() for name in header.cells if name.strip()][:SHOWN_COLUMNS] if header else []
