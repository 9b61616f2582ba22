"""Reads the body of a form within the limits of its route.

A body is read only after the browser's session and role are known. Most of it waits on disk, so that a slow browser
holds little memory.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import IO

from starlette.exceptions import HTTPException
from starlette.requests import Request

KIB = 1024
MIB = 1024 * KIB
MAX_ANONYMOUS_BYTES = 16 * KIB
MAX_FORM_BYTES = 256 * KIB
MAX_UPLOAD_BYTES = 17 * MIB  # an inventory file of 16 MiB and the form around it
MAX_MEMORY_BYTES = 64 * KIB
MAX_UPLOADS = 2  # at a time, of one dealer, in one web process

_uploads: Counter[str] = Counter()


def check_length(request: Request, limit: int) -> None:
    """Raise HTTPException (413) if the request declares a longer body."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or len(declared) > 18 or int(declared) > limit:
        raise _too_large(limit)


@asynccontextmanager
async def read_body(request: Request, limit: int) -> AsyncIterator[IO[bytes]]:
    """Read the body into a temporary file, which is deleted at the end of the block.

    Raises HTTPException (413) if the body is longer than `limit` bytes, ClientDisconnect if it breaks off.
    """
    size = 0
    with SpooledTemporaryFile(MAX_MEMORY_BYTES) as body:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            body.write(chunk)
        body.seek(0)
        yield body


@asynccontextmanager
async def upload_slot(dealer_id: str) -> AsyncIterator[None]:
    """Hold one of the dealer's uploads during the block.

    Raises HTTPException (429) if the dealer has too many: all dealers share disk and memory.
    """
    if _uploads[dealer_id] >= MAX_UPLOADS:
        raise HTTPException(429, f"{MAX_UPLOADS} files are being uploaded already. Try again when they are complete.")
    _uploads[dealer_id] += 1
    try:
        yield
    finally:
        _uploads[dealer_id] -= 1
        if not _uploads[dealer_id]:
            del _uploads[dealer_id]


def _too_large(limit: int) -> HTTPException:
    if limit == MAX_UPLOAD_BYTES:
        return HTTPException(413, "The file is too large. Send at most 16 MiB, or split the file.")
    return HTTPException(413, f"The form is too large. Shorten it to {limit // KIB} KiB.")
