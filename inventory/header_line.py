"""Finds the line that names the columns, also below titles, and the delimiter."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from inventory.column_candidates import count_recognized
from inventory.csv_reader import DELIMITERS, Record, SheetError, count_delimiters, find_declared_delimiter, read_records
from inventory.duplicate_names import number_duplicates
from spec.characters import find_control_character, to_single_line

MAX_COLUMNS = 500
_MAX_TITLE_LINES = 20
_MAX_HEAD_CHARACTERS = 65_536
# A line below the first one is the header only if it has about all that an import needs.
MIN_RECOGNIZED = 3
_MAX_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """The record that names the columns, and the records above and below it."""

    record: Record
    body: Iterator[Record]
    delimiter: str
    titles: list[Record]

    @property
    def cells(self) -> list[str]:
        return self.record.cells

    @property
    def names(self) -> list[str]:
        """The unique names of the columns."""
        return number_duplicates(self.cells)

    def quote(self) -> str:
        """Quote the line, so that the user sees whether the right one was taken."""
        text = to_single_line(self.delimiter.join(self.cells))
        shown = text if len(text) <= _MAX_SHOWN_CHARACTERS else f"{text[:_MAX_SHOWN_CHARACTERS]}…"
        return f'Line {self.record.line} was taken for the header: "{shown}".'


def find_header(text: str, names: Collection[str] = ()) -> HeaderLine:
    """Find the header. `names`, columns that the user mapped, are recognized too.

    Raises SheetError if no line can name columns.
    """
    delimiter, skipped = _choose_delimiter_and_line(text, names)
    records = read_records(text, delimiter)
    titles = list(islice(records, skipped))
    header = next(records, None)
    if header is None:
        raise SheetError("The file is empty. Its first line must name the columns.")
    _validate(header)
    return HeaderLine(header, records, delimiter, titles)


def find_header_record(records: Sequence[Record], names: Collection[str] = ()) -> HeaderLine | None:
    """Find the header among the rows of a sheet, or None if all are blank.

    Raises SheetError as `find_header`.
    """
    candidates = [(recognized, -index) for index, recognized in _count_recognized(records, names)]
    if not candidates:
        return None
    index = -max(candidates)[1]
    _validate(records[index])
    return HeaderLine(records[index], iter(records[index + 1 :]), ",", list(records[:index]))


def _choose_delimiter_and_line(text: str, names: Collection[str]) -> tuple[str, int]:
    """Choose the delimiter and line with the most recognized names."""
    head = text[:_MAX_HEAD_CHARACTERS]
    declared = find_declared_delimiter(head)[0]
    counts = count_delimiters(head)
    candidates = []
    for delimiter in (declared,) if declared else DELIMITERS:
        for index, recognized in _count_recognized(read_records(head, delimiter), names):
            candidates.append((recognized, -index, counts[delimiter], -DELIMITERS.index(delimiter)))
    best = max(candidates, default=(0, 0, 0, 0))
    return DELIMITERS[-best[3]], -best[1]


def _count_recognized(records: Iterable[Record], names: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield the index of each line that may be the header, and its recognized names."""
    for index, record in enumerate(islice(records, _MAX_TITLE_LINES)):
        recognized = 0 if record.error else count_recognized(record.cells[: MAX_COLUMNS + 1], names)
        if index == 0 or recognized >= MIN_RECOGNIZED:
            yield index, recognized


def _validate(header: Record) -> None:
    if header.error:
        raise SheetError(header.error)
    if len(header.cells) > MAX_COLUMNS:
        raise SheetError(f"The file has {len(header.cells):,} columns. Keep at most {MAX_COLUMNS}.")
    if any(map(find_control_character, header.cells)):
        raise SheetError(f"Line {header.line} is not text. Save the file as CSV (UTF-8).")
