"""Validates the ZIP package of a workbook, and finds the error values in .xlsx.

A part is inflated with a limit before any reader inflates it: the sizes in the package's directory may be false.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError, iterparse

MAX_PARTS = 2_000
MAX_INFLATED_BYTES = 256 * 1024 * 1024
_CHUNK_BYTES = 256 * 1024
# What zipfile raises: RuntimeError for a part with a password, and its subclass NotImplementedError for a method of
# compression that it does not know.
_DAMAGED = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError)
_ERROR_TYPE = b't="e"'
_REFERENCE = re.compile(r"(?P<column>[A-Z]{1,3})(?P<row>[0-9]{1,7})")
_SHEET_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class PackageError(ValueError):
    """A code of `workbook_process.MESSAGES`."""


@dataclass(frozen=True, slots=True)
class ErrorCells:
    """Finds cells with an error value, such as #REF!, in the parts that have any."""

    parts: frozenset[str] = field(default_factory=frozenset)

    def find(self, file: BinaryIO, sheet: str) -> dict[tuple[int, int], str]:
        """Return the error values by row number and column index."""
        if not self.parts:
            return {}
        with zipfile.ZipFile(file) as package:
            path = _find_sheet_path(package, sheet)
            return _find_errors(package, path) if path in self.parts else {}


def validate_package(file: BinaryIO) -> ErrorCells:
    """Inflate all parts, and remember those with error values. Raises PackageError."""
    try:
        with zipfile.ZipFile(file) as package:
            return ErrorCells(frozenset(_inflate_parts(package)))
    except _DAMAGED:
        raise PackageError("damaged") from None


def _inflate_parts(package: zipfile.ZipFile) -> list[str]:
    with_errors, left = [], MAX_INFLATED_BYTES
    parts = package.infolist()
    if len(parts) > MAX_PARTS:
        raise PackageError("too_large")
    for part in parts:
        left, has_errors = _inflate(package, part, left)
        if has_errors and part.filename.endswith(".xml"):
            with_errors.append(part.filename)
    return with_errors


def _inflate(package: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> tuple[int, bool]:
    """Count the bytes that the part really has, whatever its header says."""
    if part.file_size > left:
        raise PackageError("too_large")
    part.file_size = left + 2 * _CHUNK_BYTES  # zipfile reads no more
    before, has_errors = b"", False
    with package.open(part) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise PackageError("too_large")
            has_errors = has_errors or _ERROR_TYPE in before + chunk
            before = chunk[-len(_ERROR_TYPE) :]
    return left, has_errors


def _find_sheet_path(package: zipfile.ZipFile, name: str) -> str | None:
    ids = [part.get(_SHEET_RELATION) for part in _parse(package, "xl/workbook.xml") if part.get("name") == name]
    targets = {part.get("Id"): part.get("Target", "") for part in _parse(package, "xl/_rels/workbook.xml.rels")}
    return posixpath.join("xl", targets.get(ids[0], "")).lstrip("/") if ids else None


def _parse(package: zipfile.ZipFile, path: str) -> list[Element]:
    try:
        with package.open(path) as stream:
            return [element for _, element in iterparse(stream)]  # noqa: S314 - the process has limited memory
    except (KeyError, ParseError):
        return []


def _find_errors(package: zipfile.ZipFile, path: str) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    try:
        with package.open(path) as stream:
            for _, element in iterparse(stream):  # noqa: S314 - the process has limited memory
                if element.tag.endswith("}row"):
                    found.update(_read_errors(element))
                    element.clear()
    except ParseError:
        return {}
    return found


def _read_errors(row: Element) -> Iterator[tuple[tuple[int, int], str]]:
    for cell in row:
        if cell.get("t") == "e" and (match := _REFERENCE.fullmatch(cell.get("r", ""))):
            yield (int(match["row"]), _find_column(match["column"])), cell.findtext("{*}v", "#VALUE!")


def _find_column(letters: str) -> int:
    """Return the index of a column such as "AB"."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1
