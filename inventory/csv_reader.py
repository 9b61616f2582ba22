"""Decodes CSV files and splits them into records with line numbers."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_FILE_BYTES = 16 * 1024 * 1024
# The first bytes of .xlsx and .ods (ZIP), and of .xls (Compound File Binary).
_WORKBOOK_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DELIMITERS = ",;\t"
_DELIMITER_LINE = re.compile(r"\A\"?sep=(?P<delimiter>[,;\t])\"?(?:\r\n|\r|\n)", re.I)
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


def decode(content: bytes) -> tuple[str, str | None]:
    """Decode UTF-8, UTF-16 with a byte order mark, or Windows-1252.

    Returns the text, and a note to show if Windows-1252 was assumed. Raises SheetError.
    """
    if len(content) > MAX_FILE_BYTES:
        raise SheetError("The file is larger than 16 MiB. Split it.")
    if content.startswith(_WORKBOOK_SIGNATURES):
        raise SheetError("The file is a workbook, not CSV. Save it as CSV (UTF-8) first.")
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_utf16 else "utf-8-sig"), None
    except UnicodeDecodeError:
        return _decode_windows_1252(content, is_utf16)


def read_records(text: str) -> Iterator[Record]:
    """Yield the records that are not blank, the header first.

    The delimiter is the one that a first line such as "sep=;" declares, otherwise the most frequent of comma,
    semicolon and tab in the header. A record with unbalanced quotes has an error; reading continues after it.
    """
    delimiter, skipped_lines, body = _detect_delimiter(text)
    rows = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
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


def _decode_windows_1252(content: bytes, is_utf16: bool) -> tuple[str, str | None]:
    try:
        if not is_utf16:
            note = "The file is not valid UTF-8 and was read as Windows-1252. Check the accented letters."
            return content.decode("cp1252"), note
    except UnicodeDecodeError:
        pass
    raise SheetError("The file is neither UTF-8 nor UTF-16 nor Windows-1252. Save it as CSV (UTF-8).")


def _detect_delimiter(text: str) -> tuple[str, int, str]:
    """The delimiter, the count of lines that declare it (0 or 1), and the rest."""
    if declaration := _DELIMITER_LINE.match(text):
        return declaration["delimiter"], 1, text[declaration.end() :]
    header = _QUOTED.sub("", text[:_MAX_HEADER_CHARACTERS]).lstrip().partition("\n")[0]
    return max(_DELIMITERS, key=header.count), 0, text


def _malformed_message(first: int, last: int) -> str:
    skipped = f"Lines {first} to {last} were" if last > first else f"Line {first} was"
    return (
        f"{skipped} not read, because a quote is not closed or a cell has more than {csv.field_size_limit():,} "
        "characters. Close each quote, and double the quotes inside a cell."
    )
