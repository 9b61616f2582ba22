"""A CSV file's bytes as records of cells, each with the physical line on which it starts."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_FILE_BYTES = 16 * 1024 * 1024
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_DELIMITERS = ",;\t"
_DELIMITER_LINE = re.compile(r"\A\"?sep=(?P<delimiter>[,;\t])\"?(?:\r\n|\r|\n)", re.I)
_QUOTED = re.compile(r'"[^"]*"?')


class SheetError(ValueError):
    """A file cannot be read as a whole; the message is one plain sentence."""


@dataclass(frozen=True, slots=True)
class Record:
    """`fault` says why the cells of the record could not be told apart."""

    line: int
    cells: list[str]
    error: str | None = None


def decode(content: bytes) -> tuple[str, str | None]:
    """The text of a file in UTF-8, UTF-16 with a byte order mark or Windows-1252, and a note on the last."""
    if len(content) > MAX_FILE_BYTES:
        raise SheetError("The file is larger than 16 MiB: split it.")
    if content.startswith(_WORKBOOKS):
        raise SheetError("The file is a workbook, not CSV: save it as CSV (UTF-8) first.")
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_utf16 else "utf-8-sig"), None
    except UnicodeDecodeError:
        return _decode_western(content, is_utf16)


def read_records(text: str) -> Iterator[Record]:
    """The records that are not blank, the header first.

    The delimiter is that of comma, semicolon and tab which the header has most of, or the one that a first
    line "sep=;" names. A record whose quotes do not pair has a fault; reading goes on in the next line."""
    delimiter, skipped, body = _detect_delimiter(text)
    rows = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        line = rows.line_num + 1 + skipped
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield Record(line, [], _malformed_message(line, rows.line_num + skipped))
        else:
            if any(cell.strip() for cell in cells):
                yield Record(line, cells)


def _decode_western(content: bytes, is_utf16: bool) -> tuple[str, str | None]:
    try:
        if not is_utf16:
            return content.decode("cp1252"), "The file is not valid UTF-8 and was read as Windows-1252."
    except UnicodeDecodeError:
        pass
    raise SheetError("The file is neither UTF-8 nor UTF-16 nor Windows-1252: save it as CSV (UTF-8).")


def _detect_delimiter(text: str) -> tuple[str, int, str]:
    """The delimiter, how many lines only declare it, and the text after those."""
    if declared := _DELIMITER_LINE.match(text):
        return declared["delimiter"], 1, text[declared.end() :]
    header = _QUOTED.sub("", text[:65536]).lstrip().partition("\n")[0]
    return max(_DELIMITERS, key=header.count), 0, text


def _malformed_message(first: int, last: int) -> str:
    unread = f"lines {first} to {last} were" if last > first else f"line {first} was"
    return (
        f"The quotes here do not pair, or a cell has over 131072 characters, so {unread} not read: "
        "close each quote, and double those within a cell."
    )
