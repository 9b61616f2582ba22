"""Response heads: lenient header lines, strict status and framing (RFC 9112).

http.client drops every header after the first malformed line, and stops at 100 headers and at lines of 64 KiB.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus
from http.client import BadStatusLine, HTTPException
from typing import BinaryIO, NamedTuple

_STATUS_LINE = re.compile(rb"HTTP/1\.([0-9])[ \t]+([1-9][0-9]{2})(?:[ \t][^\n]*)?\r{0,2}\n")
_FIELD = re.compile(rb"^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:([^\n]*)", re.MULTILINE)
_FOLD = re.compile(rb"\r?\n[ \t]+")
_LENGTH = re.compile(r"[0-9]{1,100}")
_BLANK_LINES = (b"\r\n", b"\n", b"\r\r\n")  # the last one is from programs that write CRLF in text mode
_BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


class ResponseHead(NamedTuple):
    """Status and header fields of a response, without malformed lines.

    `minor_version` is that of HTTP/1.
    """

    minor_version: int
    status: int
    raw_fields: list[tuple[bytes, bytes]]

    @property
    def is_interim(self) -> bool:
        """Return True if another response follows (RFC 9110 section 15.2)."""
        return self.status < HTTPStatus.OK and self.status != HTTPStatus.SWITCHING_PROTOCOLS

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield name and value of each field."""
        return ((name.decode("ascii"), _decode(value)) for name, value in self.raw_fields)

    def values(self, name: bytes) -> list[str]:
        """Return the values of every field with this name, which is in lower case."""
        return [_decode(value) for key, value in self.raw_fields if key.lower() == name]

    def members(self, name: bytes) -> list[str]:
        """Return the members of a list field such as Connection, in lower case."""
        members = (member.strip(" \t") for value in self.values(name) for member in value.lower().split(","))
        return [member for member in members if member]


class Framing(NamedTuple):
    """End of the body and of the connection.

    `length` is in bytes; None if the body is chunked or ends with the connection.
    """

    length: int | None
    is_chunked: bool
    closes: bool


def read_head(stream: BinaryIO) -> ResponseHead:
    """Read one head. The stream must limit its length.

    Raises BadStatusLine, or ConnectionAbortedError if the stream ends before the head does.
    """
    line = stream.readline()
    while line in _BLANK_LINES:  # the previous response may have ended with a line break too many
        line = stream.readline()
    match = _STATUS_LINE.fullmatch(line)
    if match is None:
        is_broken_off = not line.endswith(b"\n") and b"HTTP/".startswith(line[:5])
        raise ConnectionAbortedError("closed within the head") if is_broken_off else BadStatusLine("not a status line")
    return ResponseHead(int(match[1]), int(match[2]), _read_fields(stream))


def parse_framing(head: ResponseHead) -> Framing:
    """Find the end of the body (RFC 9112 section 6.3).

    Raises HTTPException if Content-Length is invalid or ambiguous.
    """
    if head.status < HTTPStatus.OK or head.status in _BODILESS:
        return Framing(0, is_chunked=False, closes=head.status < HTTPStatus.OK or _closes(head))
    codings = head.members(b"transfer-encoding")
    if codings[-1:] == ["chunked"]:
        is_doubtful = len(codings) > 1 or head.minor_version == 0 or bool(head.values(b"content-length"))
        return Framing(None, is_chunked=True, closes=is_doubtful or _closes(head))
    length = _parse_length(head.values(b"content-length"))
    return Framing(length, is_chunked=False, closes=bool(codings) or length is None or _closes(head))


def _parse_length(values: list[str]) -> int | None:
    lengths = {length.strip(" \t") for value in values for length in value.split(",")}
    if not all(map(_LENGTH.fullmatch, lengths)) or len(set(map(int, lengths))) > 1:
        raise HTTPException("invalid Content-Length")
    return int(lengths.pop()) if lengths else None


def _closes(head: ResponseHead) -> bool:
    options = head.members(b"connection")
    return "close" in options or (head.minor_version == 0 and "keep-alive" not in options)


def _read_fields(stream: BinaryIO) -> list[tuple[bytes, bytes]]:
    """Read lines up to the blank one, and return those that are fields.

    A line that begins with a space continues the previous one, also a malformed one.
    """
    lines: list[bytes] = []
    while (line := stream.readline()) not in _BLANK_LINES:
        if not line.endswith(b"\n"):
            raise ConnectionAbortedError("closed within the head")
        lines.append(line)
    return _FIELD.findall(_FOLD.sub(b" ", b"".join(lines)))


def _decode(value: bytes) -> str:
    return value.replace(b"\r", b" ").strip(b" \t").decode("latin-1")
