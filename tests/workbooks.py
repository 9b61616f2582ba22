"""Workbooks that tests make: from tables, and from parts of a package."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from openpyxl import Workbook

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEADER = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("Brand", "Model", "Price"))


def make_workbook(sheets: Mapping[str, Any], *, hidden: Iterable[str] = ()) -> bytes:
    """Save sheets as .xlsx. Each has a list of rows."""
    workbook = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name in hidden:
            sheet.sheet_state = "hidden"
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def make_package(parts: Mapping[str, str]) -> bytes:
    """Compress parts as well as possible."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


def make_raw_workbook(rows: str, *, shared_strings: str = "", prolog: str = "") -> bytes:
    """Save the XML of rows below a header as the only sheet of an .xlsx."""
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData><row>{_HEADER}</row>{rows}</sheetData></worksheet>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": _relate(officeDocument="xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": _relate(worksheet="sheet.xml", sharedStrings="sharedStrings.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Stock" sheetId="1" r:id="worksheet"/></sheets></workbook>',
        "xl/sheet.xml": f"{prolog}{sheet}",
    }
    return make_package(parts | ({"xl/sharedStrings.xml": shared_strings} if shared_strings else {}))


def make_shared_strings(text: str, count: int = 1) -> str:
    return f'<sst xmlns="{_MAIN}" count="{count}" uniqueCount="{count}"><si><t>{text}</t></si></sst>'


def _relate(**targets: str) -> str:
    relations = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{name}" Target="{target}"/>' for name, target in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
