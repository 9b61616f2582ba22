"""Names the columns that are not read, and finds a currency column among them.

A currency that is not read changes prices: 9000 in a row of dollars is not EUR 9,000. So a column that holds currency
codes is never ignored without a word.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from inventory.column_map import Column, ColumnChoiceError, ColumnMap
from inventory.csv_reader import Record
from inventory.headers import ENGLISH_WORDS, PRICE_FIELDS
from inventory.money import currency
from inventory.row_cells import find_attribute_field

_SAMPLE_ROWS = 200
_MIN_SHARE = 0.5  # of the filled cells, so that one odd cell does not hide a currency column


def complete_columns(
    columns: ColumnMap, header: Sequence[str], records: Sequence[Record]
) -> tuple[ColumnMap, list[str]]:
    """Name all unread columns, and read one of currency codes.

    Returns notes to show about currencies. Raises ColumnChoiceError if codes may change prices, and it is not clear
    which ones.
    """
    unread = list(_find_unread(columns, header, records))
    codes = {
        column: found
        for column in unread
        if column.index not in columns.rejected and (found := _find_codes(records, column.index))
    }
    completed, notes = _apply_codes(columns, codes)
    currencies = completed.currencies.values()
    return replace(completed, ignored=[column.label for column in unread if column not in currencies]), notes


def _find_unread(columns: ColumnMap, header: Sequence[str], records: Sequence[Record]) -> Iterator[Column]:
    read = columns.read_indexes - _find_unknown_attributes(columns, records)
    for index, name in enumerate(header):
        if index not in read and (name.strip() or any(_read_cells(records, index))):
            yield Column(name.strip(), index)


def _find_unknown_attributes(columns: ColumnMap, records: Sequence[Record]) -> frozenset[int]:
    """Find the columns of attributes whose names are no fields in any row."""
    return frozenset(
        index
        for pair in columns.attributes.pairs
        if not any(map(find_attribute_field, set(_read_cells(records, pair[0]))))
        for index in pair
    )


def _read_cells(records: Sequence[Record], index: int) -> Iterator[str]:
    """Yield the cells of a column that are not blank."""
    return (cell for record in records if index < len(record.cells) and (cell := record.cells[index].strip()))


def _find_codes(records: Sequence[Record], index: int) -> set[str]:
    """Return the currencies of a column that holds little else, otherwise none."""
    sample = Counter(islice(_read_cells(records, index), _SAMPLE_ROWS))
    if not _choose_codes(sample):
        return set()
    return _choose_codes(Counter(_read_cells(records, index)))


def _choose_codes(cells: Counter[str]) -> set[str]:
    codes = {cell: code for cell in cells if (code := _find_code(cell))}
    return set(codes.values()) if sum(cells[cell] for cell in codes) >= _MIN_SHARE * cells.total() else set()


def _find_code(cell: str) -> str | None:
    if cell.upper() in ENGLISH_WORDS:
        return None
    try:
        return currency(cell)
    except ValueError:
        return None


def _apply_codes(columns: ColumnMap, codes: Mapping[Column, set[str]]) -> tuple[ColumnMap, list[str]]:
    prices = [name for name in PRICE_FIELDS if name in columns.fields]
    if not codes or "asking_price_eur" in columns.currencies:
        return columns, [_unread_note(column) for column in codes]
    if len(codes) == 1 and len(prices) == 1:
        [column] = codes
        note = f"{column.label_at_start} holds currency codes, so it was read as the currency of the prices."
        return replace(columns, currencies={prices[0]: column}), [note]
    expected = {columns.fields[name].unit or "EUR" for name in prices}
    if len(expected) > 1 or set().union(*codes.values()) - expected:
        raise ColumnChoiceError(_choice_message(list(codes)), "currency")
    return columns, [_unread_note(column) for column in codes]


def _unread_note(column: Column) -> str:
    return f"{column.label_at_start} holds currency codes, but was not read."


def _choice_message(columns: Sequence[Column]) -> str:
    if len(columns) == 1:
        return f"{columns[0].label_at_start} holds currency codes, but the file has several prices."
    return f"Several columns hold currency codes: {'; '.join(column.label for column in columns)}."
