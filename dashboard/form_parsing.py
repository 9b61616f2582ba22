"""Parses the body of an HTML form: UTF-8 only, with bounded fields and parts.

Runs on a thread: parsing a large file takes seconds. Python's codecs are never chosen by the client, because some of
them need quadratic time.
"""

from dataclasses import dataclass, field
from typing import IO, Final
from urllib.parse import parse_qsl

from python_multipart.multipart import parse_options_header
from starlette.exceptions import HTTPException

from spec.characters import to_single_line

URL_ENCODED: Final = b"application/x-www-form-urlencoded"
MULTIPART: Final = b"multipart/form-data"
MAX_FIELDS = 1000
MAX_FIELD_BYTES = 256 * 1024
MAX_FILES = 1
MAX_FILE_NAME_LENGTH = 200
MAX_CONTENT_TYPE_LENGTH = 500
MAX_PART_HEAD_BYTES = 4096

NOT_UTF8 = "This form is not in UTF-8. Reload the page and submit the form again."
NOT_A_FORM = "This is not an HTML form. Send application/x-www-form-urlencoded or multipart/form-data in UTF-8."
MALFORMED = "This form arrived incomplete or damaged. Go back and submit it again."
TOO_MANY_FIELDS = f"This form has too many fields. Send at most {MAX_FIELDS} fields and {MAX_FILES} file."


@dataclass
class UploadedFile:
    """A file uploaded with a form."""

    name: str
    content: bytes


@dataclass
class FormData:
    """The fields of a form by name, and its file."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    file: UploadedFile | None = None

    def add(self, name: str, value: str) -> None:
        """Add a field. Raises HTTPException (415)."""
        if name == "_charset_":  # a form may name its encoding in a field (HTML Standard, 4.10.22.5)
            _require_utf8(value.encode())
        self.fields.setdefault(name, []).append(value)


def check_content_type(header: str) -> None:
    """Raise HTTPException (415) unless the header announces a form in UTF-8."""
    if header:
        _parse_content_type(header)


def parse_form(header: str, body: IO[bytes]) -> FormData:
    """Parse a body with this Content-Type.

    Raises HTTPException: 400 for invalid UTF-8 and malformed bodies, 415 for other encodings and media types. A body
    without a Content-Type has no fields.
    """
    if not header:
        return FormData()
    media_type, boundary = _parse_content_type(header)
    return _parse_multipart(boundary, body.read()) if media_type == MULTIPART else _parse_url_encoded(body.read())


def _parse_content_type(header: str) -> tuple[bytes, bytes]:
    """Parse the Content-Type into media type and boundary."""
    is_short = len(header) <= MAX_CONTENT_TYPE_LENGTH
    media_type, parameters = parse_options_header(header) if is_short else (b"", {})
    _require_utf8(parameters.get(b"charset", b"utf-8"))
    boundary = parameters.get(b"boundary", b"")
    if media_type not in (URL_ENCODED, MULTIPART) or (media_type == MULTIPART and not boundary):
        raise HTTPException(415, NOT_A_FORM)
    return media_type, boundary


def _parse_url_encoded(body: bytes) -> FormData:
    if body.count(b"&") >= MAX_FIELDS:
        raise HTTPException(400, TOO_MANY_FIELDS)
    form = FormData()
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise HTTPException(400, NOT_UTF8) from None
    for name, value in pairs:
        form.add(name, value)
    return form


def _parse_multipart(boundary: bytes, body: bytes) -> FormData:
    """Parse a body as browsers send it (RFC 7578).

    No text precedes the first part. One split at a bounded number of boundaries takes the same time for every body. A
    parser that reads byte by byte took seconds for 16 MiB that consist of beginnings of boundaries.
    """
    opening = b"--" + boundary
    *parts, end = body.split(b"\r\n" + opening, MAX_FIELDS + MAX_FILES + 1)
    if len(parts) > MAX_FIELDS + MAX_FILES:
        raise HTTPException(400, TOO_MANY_FIELDS)
    if not parts or not parts[0].startswith(opening) or not end.startswith(b"--"):
        raise HTTPException(400, MALFORMED)
    parts[0] = parts[0].removeprefix(opening)
    form = FormData()
    for part in parts:
        _parse_part(part, form)
    return form


def _parse_part(part: bytes, form: FormData) -> None:
    """Add the field or the file of a part to the form."""
    head_end = part.find(b"\r\n\r\n", 0, MAX_PART_HEAD_BYTES)
    headers = _parse_part_headers(part[:head_end]) if head_end >= 0 and part.startswith(b"\r\n") else {}
    _, disposition = parse_options_header(headers.get(b"content-disposition"))
    if b"name" not in disposition:
        raise HTTPException(400, MALFORMED)
    content = part[head_end + 4 :]
    if b"filename" in disposition:
        _add_file(form, _decode(disposition[b"filename"]), content)
        return
    if len(content) > MAX_FIELD_BYTES:
        raise HTTPException(413, f"A field of this form is too long. Send at most {MAX_FIELD_BYTES // 1024} KiB.")
    _, parameters = parse_options_header(headers.get(b"content-type"))
    _require_utf8(parameters.get(b"charset", b"utf-8"))
    form.add(_decode(disposition[b"name"]), _decode(content))


def _parse_part_headers(head: bytes) -> dict[bytes, bytes]:
    lines = (line.partition(b":") for line in head.split(b"\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _add_file(form: FormData, name: str, content: bytes) -> None:
    """Add the file, which may have any encoding: the import detects it."""
    if not name:  # the user chose no file
        return
    if form.file is not None:
        raise HTTPException(400, TOO_MANY_FIELDS)
    form.file = UploadedFile(to_single_line(name)[:MAX_FILE_NAME_LENGTH], content)


def _decode(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise HTTPException(400, NOT_UTF8) from None


def _require_utf8(charset: bytes) -> None:
    if charset.strip().lower() not in (b"utf-8", b"utf8"):
        raise HTTPException(415, NOT_UTF8)
