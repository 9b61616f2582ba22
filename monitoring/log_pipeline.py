"""Log pipeline: one structlog configuration for all loggers of a process.

All of them are loggers of the standard library, whose records pass through structlog's `ProcessorFormatter`. The lines
of requests and attempts, which are many, are rendered in batches by the same function (`monitoring/log_batch.py`).
"""

import json
import logging
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from structlog.processors import format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter

import config
from monitoring.log_redaction import redact_line
from telemetry import log_context

HEAD = ("at", "level", "logger", "message", "exception")  # fields with a place of their own in the console format


def create_formatter() -> logging.Formatter:
    """Create the formatter of all handlers."""
    return ProcessorFormatter(foreign_pre_chain=[ExtraAdder()], processors=[format_exc_info, render_event])


def render_event(_logger: Any, level: str, event: Any) -> str:
    """Render a record with the log context, without secrets (a structlog processor)."""
    record = event.pop("_record")
    message = event.pop("event")
    del event["_from_structlog"]
    line = render_line(record.created, level, record.name, message, {**event, **log_context.current()})
    return redact_line(line.decode().removesuffix("\n"))


def render_line(at: float, level: str, logger: str, message: str, fields: Mapping[str, Any]) -> bytes:
    """Render one line, with its end, in the format of WTH_LOG_FORMAT.

    `at` is in seconds.
    """
    seconds = int(at)
    time_text = f"{_format_second(seconds)}.{int((at - seconds) * 1000):03}Z"
    return _render({"at": time_text, "level": level, "logger": logger, "message": message, **fields})


@lru_cache(4)
def _format_second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _to_json(fields: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(fields, str, orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # text that is not valid Unicode
        valid = {name: str(value).encode(errors="backslashreplace").decode() for name, value in fields.items()}
        return orjson.dumps(valid, option=orjson.OPT_APPEND_NEWLINE)


def _to_text(fields: Mapping[str, Any]) -> bytes:
    at = fields["at"][:-1].replace("T", " ")
    values = [f" {name}={_quote(value)}" for name, value in fields.items() if name not in HEAD and value is not None]
    head = f"{at} {fields['level'].upper():7} {fields['logger']} {_on_one_line(str(fields['message']))}"
    exception = fields.get("exception")
    text = f"{head}{''.join(values)}\n" + (f"{exception}\n" if exception else "")
    return text.encode(errors="backslashreplace")


def _quote(value: Any) -> str:
    text = str(value)
    return text if text.isprintable() and " " not in text else json.dumps(text)


def _on_one_line(text: str) -> str:
    return text if text.isprintable() else " ".join(text.split())


_render = _to_json if config.LOG_FORMAT == "json" else _to_text
