"""Runs `inventory.workbook_program` in a process of its own.

The process has a limit of memory and CPU time, and neither the environment nor the files of this one.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from typing import Any

import orjson

from inventory.csv_reader import MAX_FILE_BYTES, SheetError

TIMEOUT_SECONDS = 60
_ROOT = Path(__file__).parents[1]
_REMEDY = "Save the sheet as CSV (UTF-8)"
MESSAGES = {
    "password": "The workbook is protected with a password. Remove the password, or save the sheet as CSV (UTF-8).",
    "too_much_text": "The workbook has too much text: more than about 16 MiB, or a very long row. Split it.",
    "too_large": "The workbook is too large to read. Delete all cells outside of the table, or split it.",
    "damaged": f"The file is not a workbook that can be read: .xlsx, .xls or .ods without a password. {_REMEDY}.",
}


@contextmanager
def open_workbook(content: bytes, max_rows: int, sheet: str | None) -> Iterator[Iterator[Any]]:
    """Give the lines of the program, until the end of the block.

    Iterating raises SheetError if the workbook cannot be read.
    """
    command = [sys.executable, "-P", "-m", "inventory.workbook_program", str(max_rows), str(MAX_FILE_BYTES)]
    with TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, *([sheet] if sheet else [])],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
        )
    timer = Timer(TIMEOUT_SECONDS, process.kill)
    timer.start()
    try:
        yield _read_lines(process)
    finally:
        timer.cancel()
        process.kill()
        if process.stdout:
            process.stdout.close()
        process.wait()


def _read_lines(process: subprocess.Popen[bytes]) -> Iterator[Any]:
    for line in process.stdout or ():
        value = orjson.loads(line) if line.endswith(b"\n") else {"error": "too_large"}
        if isinstance(value, dict) and "error" in value:
            raise SheetError(MESSAGES[value["error"]])
        if value == {"complete": True}:
            return
        yield value
    raise SheetError(MESSAGES["too_large"])  # its memory or time has ended
