"""Splits CSV files into records with line numbers."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_FILE_BYTES = 16 * 1024 * 1024
DELIMITERS = ",;\t|"
_DELIMITER_LINE = re.compile(r"\A\"?sep=(?P<delimiter>[,;\t|])\"?(?:\r\n|\r|\n)", re.I)
_MAX_HEADER_CHARACTERS = 65_536
_QUOTED = re.compile(r'"[^"]*"?')


class SheetError(ValueError):
    """The file as a whole cannot be read. The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record of the file. With an `error`, a message to show, `cells` is empty."""

    line: int
    cells: list[str]
    error: str | None = None


def read_records(text: str, delimiter: str | None = None) -> Iterator[Record]:
    """Yield the records that are not blank.

    A first line such as "sep=;" declares the delimiter and is skipped. A record with unbalanced quotes has an error;
    reading continues after it.
    """
    declared, skipped_lines, body = find_declared_delimiter(text)
    rows = csv.reader(
        io.StringIO(body, newline=""), delimiter=declared or delimiter or ",", strict=True, skipinitialspace=True
    )
    while True:
        line = rows.line_num + 1 + skipped_lines
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield Record(line, [], _malformed_message(line, rows.line_num + skipped_lines))
        else:
            if any(cell.strip() for cell in cells):
                yield Record(line, cells)


def find_declared_delimiter(text: str) -> tuple[str | None, int, str]:
    """Return the declared delimiter, the number of lines for it, and the rest."""
    declaration = _DELIMITER_LINE.match(text)
    return (declaration["delimiter"], 1, text[declaration.end() :]) if declaration else (None, 0, text)


def count_delimiters(text: str) -> dict[str, int]:
    """Count each delimiter in the first line that is not blank, outside of quotes."""
    header = re.split(r"[\r\n]", _QUOTED.sub("", text[:_MAX_HEADER_CHARACTERS]).lstrip(), maxsplit=1)[0]
    return {delimiter: header.count(delimiter) for delimiter in DELIMITERS}


def _malformed_message(first: int, last: int) -> str:
    skipped = f"Lines {first} to {last} were" if last > first else f"Line {first} was"
    return (
        f"{skipped} not read, because a quote is not closed or a cell has more than {csv.field_size_limit():,} "
        "characters. Close each quote, and double the quotes inside a cell."
    )
