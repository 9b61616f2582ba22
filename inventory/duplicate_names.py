"""Numbers columns with the same name, and finds those that repeat another."""

from collections.abc import Iterator, Sequence

from inventory.csv_reader import Record
from inventory.text_matching import fold


def number_duplicates(cells: Sequence[str]) -> list[str]:
    """Return a header as unique names: the second "Price" is "Price (2)"."""
    names: list[str] = []
    taken = {cell.strip() for cell in cells}
    for cell in cells:
        name, number = cell.strip(), 1
        while name and name in names:
            number += 1
            numbered = f"{cell.strip()} ({number})"
            name = name if numbered in taken else numbered
        names.append(name)
    return names


def find_copies(header: Sequence[str], records: Sequence[Record]) -> Iterator[int]:
    """Yield the indexes of columns that say nothing more than another of their name.

    Those have the same cells, or none.
    """
    for indexes in group_duplicates(header):
        seen: set[tuple[str, ...]] = set()
        columns = [(index, _read_column(records, index)) for index in indexes]
        are_all_blank = not any(any(cells) for _, cells in columns)
        for index, cells in columns:
            if cells in seen or not (any(cells) or are_all_blank):
                yield index
            seen.add(cells)


def group_duplicates(header: Sequence[str]) -> list[list[int]]:
    """Return the indexes of the columns that share a name, regardless of case."""
    groups: dict[str, list[int]] = {}
    for index, name in enumerate(header):
        if folded := fold(name):
            groups.setdefault(folded, []).append(index)
    return [indexes for indexes in groups.values() if len(indexes) > 1]


def _read_column(records: Sequence[Record], index: int) -> tuple[str, ...]:
    return tuple(record.cells[index].strip() if index < len(record.cells) else "" for record in records)
