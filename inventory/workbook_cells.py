"""Writes the values of a workbook's cells as text, as a spreadsheet would in CSV."""

import datetime

Cell = int | float | str | bool | datetime.date | datetime.time | datetime.timedelta

# Spreadsheets keep 15 digits of a number.
_MAX_EXACT = 10**15


class LongNumber(str):
    """A number with more than two decimals as text. Prices are rounded."""

    __slots__ = ()


def write_cell(value: Cell) -> str | float:
    """Write a value: 25970.0 as 25970, a day as 2024-05-31.

    1.23E+11 is written with all its digits. A number of more than 15 digits has lost the others, so it stays in
    scientific notation. One with more than two decimals is returned as it is, for `write_long_number`.
    """
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        text = _write_number(value)
        return float(value) if len(text.partition(".")[2]) > 2 and "E" not in text else text
    if isinstance(value, datetime.datetime):
        return str(value.date() if value.time() == datetime.time.min else value)
    return str(value)


def write_long_number(value: float) -> LongNumber:
    """Write at least four decimals.

    Then no parser takes the point for a separator of thousands.
    """
    whole, _, decimals = _write_number(value).partition(".")
    return LongNumber(f"{whole}.{decimals.ljust(4, '0')}")


def _write_number(value: float) -> str:
    if abs(value) >= _MAX_EXACT:
        return f"{value:.14E}"
    text = f"{value:.15g}"
    return f"{value:.15f}".rstrip("0").rstrip(".") if "e" in text else text
