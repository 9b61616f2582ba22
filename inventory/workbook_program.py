"""Program that prints the sheets of a workbook as JSON lines.

`inventory.workbook_process` runs it in a process of its own, because a small file can ask for more memory than the
machine has, and then the operating system, or calamine itself, ends the process.
Arguments: the most rows of a sheet, the most characters of all cells, and a sheet's name, or nothing for all visible
sheets. Standard input is the file. A line is the object `sheets` (names), `sheet` (the name of the next rows), or
`error` (a code of `workbook_process.MESSAGES`), or an array: row number, cells. The last one is `{"complete": true}`.
"""

import json
import resource
import sys
from collections.abc import Iterable, Iterator
from itertools import count, islice
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from inventory.workbook_cells import Cell, write_cell
from inventory.workbook_package import ErrorCells, PackageError, validate_package

MAX_MEMORY_BYTES = 192 * 1024 * 1024
MAX_CPU_SECONDS = 20
COMPOUND_FILE = b"\xd0\xcf\x11\xe0"  # the first bytes of .xls, and of workbooks with a password
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_MAX_SHEETS = 50
_MAX_ROW_CHARACTERS = 1_000_000
_CHARACTERS_PER_CELL = 6  # a cell costs memory beside its text


class _TooMuchTextError(Exception):
    """The cells have more than the parent wants to read."""


def main() -> None:
    """Print the sheets, or one error."""
    max_rows, max_characters, wanted = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    try:
        _limit_resources()
        for line in _limit_characters(_read(sys.stdin.buffer, max_rows, wanted), max_characters):
            print(json.dumps(line, ensure_ascii=False))  # noqa: T201 - the output of the program
    except _TooMuchTextError:
        _print_error("too_much_text")
    except PasswordError:
        _print_error("password")
    except MemoryError:
        _print_error("too_large")
    except PackageError as error:
        _print_error(str(error))
    except (CalamineError, ValueError, OSError):
        _print_error("password" if _is_encrypted(sys.stdin.buffer) else "damaged")


def _limit_resources() -> None:
    # Only Linux enforces the first one.
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(file: BinaryIO, max_rows: int, wanted: list[str]) -> Iterator[object]:
    is_package = file.read(len(COMPOUND_FILE)) != COMPOUND_FILE
    errors = validate_package(file) if is_package else ErrorCells()
    file.seek(0)
    with CalamineWorkbook.from_filelike(file) as workbook:
        visible = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        yield {"sheets": visible[:_MAX_SHEETS]}
        for name in [name for name in visible if name in wanted] if wanted else visible[:_MAX_SHEETS]:
            yield {"sheet": name}
            rows = workbook.get_sheet_by_name(name).iter_rows()
            yield from islice(_read_rows(rows, errors.find(file, name)), max_rows)
    yield {"complete": True}


def _read_rows(
    rows: Iterable[list[Cell]], errors: dict[tuple[int, int], str]
) -> Iterator[tuple[int, list[str | float]]]:
    """Yield the rows that are not blank. calamine reads error values as blank."""
    for number, row in zip(count(1), rows, strict=False):
        cells = [write_cell(cell) for cell in row]
        if errors:
            cells = [errors.get((number, index), cell) for index, cell in enumerate(cells)]
        while cells and not str(cells[-1]).strip():
            cells.pop()
        if cells:
            yield number, cells


def _limit_characters(lines: Iterable[object], max_characters: int) -> Iterator[object]:
    characters = 0
    for line in lines:
        if isinstance(line, tuple):
            row = sum(len(str(cell)) + (_CHARACTERS_PER_CELL if cell else 1) for cell in line[1])
            characters += row
            if row > _MAX_ROW_CHARACTERS or characters > max_characters:
                raise _TooMuchTextError
        yield line


def _is_encrypted(file: BinaryIO) -> bool:
    """Return True for an encrypted .xlsx, which calamine takes for a damaged .xls."""
    file.seek(0)
    return _ENCRYPTED_STREAM in file.read()


def _print_error(code: str) -> None:
    print(json.dumps({"error": code}))  # noqa: T201 - the output of the program


if __name__ == "__main__":
    main()
