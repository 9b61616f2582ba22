"""Saves the document as the released edition of its version.

Run `python -m spec.tools.release`.
"""

import sys
from pathlib import Path

import orjson

from spec.document import read_document
from spec.releases import RELEASED


def write_release() -> Path:
    """Write the released document and return its file."""
    document = read_document()
    file = RELEASED / f"{document['info']['version']}.json"
    file.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return file


if __name__ == "__main__":
    sys.stdout.write(f"Wrote {write_release()}.\n")
