"""Parses the body of an HTML form: UTF-8 only, with bounded fields and parts.

Runs on a thread: parsing a large file takes seconds. Python's codecs are never chosen by the client, because some of
them need quadratic time.
"""

import logging
from dataclasses import dataclass, field
from typing import IO, Final
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException

from spec.characters import to_single_line

URL_ENCODED: Final = b"application/x-www-form-urlencoded"
MULTIPART: Final = b"multipart/form-data"
MAX_FIELDS = 1000
MAX_FIELD_BYTES = 256 * 1024
MAX_FILES = 1
MAX_FILE_NAME_LENGTH = 200
MAX_CONTENT_TYPE_LENGTH = 500
CHUNK_BYTES = 64 * 1024

logging.getLogger("python_multipart").setLevel(logging.ERROR)  # it warns about each malformed body

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
    return _parse_multipart(boundary, body) if media_type == MULTIPART else _parse_url_encoded(body.read())


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


def _parse_multipart(boundary: bytes, body: IO[bytes]) -> FormData:
    parts = _PartCollector()
    try:
        parser = parts.create_parser(boundary)
        while chunk := body.read(CHUNK_BYTES):
            parser.write(chunk)
    except FormParserError:
        raise HTTPException(400, MALFORMED) from None
    if not parts.is_complete:
        raise HTTPException(400, MALFORMED)
    return parts.form


class _PartCollector:
    """Callbacks of a multipart parser: collect fields and the file."""

    def __init__(self) -> None:
        self.form = FormData()
        self.is_complete = False
        self.part_count = 0
        self.headers: dict[bytes, bytes] = {}
        self.header_name = self.header_value = b""
        self.disposition: dict[bytes, bytes] = {}
        self.chunks: list[bytes] = []
        self.size = 0

    def create_parser(self, boundary: bytes) -> MultipartParser:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self.begin_part,
                "on_header_field": self.extend_header_name,
                "on_header_value": self.extend_header_value,
                "on_header_end": self.end_header,
                "on_headers_finished": self.end_headers,
                "on_part_data": self.extend_content,
                "on_part_end": self.end_part,
                "on_end": self.end,
            },
        )

    def begin_part(self) -> None:
        self.part_count += 1
        if self.part_count > MAX_FIELDS + MAX_FILES:
            raise HTTPException(400, TOO_MANY_FIELDS)
        self.headers, self.chunks, self.size = {}, [], 0

    def extend_header_name(self, data: bytes, start: int, end: int) -> None:
        self.header_name += data[start:end]

    def extend_header_value(self, data: bytes, start: int, end: int) -> None:
        self.header_value += data[start:end]

    def end_header(self) -> None:
        self.headers[self.header_name.lower()] = self.header_value
        self.header_name = self.header_value = b""

    def end_headers(self) -> None:
        _, self.disposition = parse_options_header(self.headers.get(b"content-disposition"))
        if b"name" not in self.disposition:
            raise HTTPException(400, MALFORMED)
        if not self.is_file:  # a file may have any encoding: the import detects it
            _, parameters = parse_options_header(self.headers.get(b"content-type"))
            _require_utf8(parameters.get(b"charset", b"utf-8"))

    def extend_content(self, data: bytes, start: int, end: int) -> None:
        self.size += end - start
        if self.size > MAX_FIELD_BYTES and not self.is_file:
            raise HTTPException(413, f"A field of this form is too long. Send at most {MAX_FIELD_BYTES // 1024} KiB.")
        self.chunks.append(data[start:end])

    def end_part(self) -> None:
        content = b"".join(self.chunks)
        if not self.is_file:
            self.form.add(_decode(self.disposition[b"name"]), _decode(content))
        elif self.disposition[b"filename"]:  # empty if the user chose no file
            self._add_file(to_single_line(_decode(self.disposition[b"filename"])), content)

    def end(self) -> None:
        self.is_complete = True

    @property
    def is_file(self) -> bool:
        return b"filename" in self.disposition

    def _add_file(self, name: str, content: bytes) -> None:
        if self.form.file is not None:
            raise HTTPException(400, TOO_MANY_FIELDS)
        self.form.file = UploadedFile(name[:MAX_FILE_NAME_LENGTH], content)


def _decode(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise HTTPException(400, NOT_UTF8) from None


def _require_utf8(charset: bytes) -> None:
    if charset.strip().lower() not in (b"utf-8", b"utf8"):
        raise HTTPException(415, NOT_UTF8)
