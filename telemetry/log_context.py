"""Fields of the current request or attempt, which every log line gets.

The fields are one dict per request, not a context variable per field: a thread that finds the dealer adds it to the
dict, and the line at the end of the request has it too. Context variables of a thread never reach its caller.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

LogFields = dict[str, str | int | float | None]

_NO_FIELDS: Mapping[str, str | int | float | None] = {}
_fields: ContextVar[LogFields | None] = ContextVar("log_fields", default=None)


def begin(fields: LogFields) -> None:
    """Give the log lines of this task these fields, until it ends."""
    _fields.set(fields)


@contextmanager
def opened(**fields: str | int | float | None) -> Iterator[None]:
    """Give the log lines inside these fields."""
    token = _fields.set(fields)
    try:
        yield
    finally:
        _fields.reset(token)


def bind(**fields: str | int | float | None) -> None:
    """Add fields to those of the request. Outside of one, this does nothing."""
    current_fields = _fields.get()
    if current_fields is not None:
        current_fields.update(fields)


def current() -> Mapping[str, str | int | float | None]:
    """Return the fields of the current request or attempt."""
    return _fields.get() or _NO_FIELDS
