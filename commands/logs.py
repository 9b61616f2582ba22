"""Logging to standard error, as text or as JSON lines."""

import logging
import sys
from datetime import UTC, datetime

import orjson

import config


class JsonLines(logging.Formatter):
    """Format each record as one JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return orjson.dumps(line).decode()


def start_logging() -> None:
    """Configure logging from WTH_LOG_FORMAT and WTH_LOG_LEVEL.

    Libraries log warnings and errors only.
    """
    handler = logging.StreamHandler(sys.stderr)
    is_json = config.LOG_FORMAT == "json"
    handler.setFormatter(
        JsonLines() if is_json else logging.Formatter("%(asctime)s %(levelname)-7s %(name)s %(message)s")
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("wth").setLevel(config.LOG_LEVEL.upper())
    logging.getLogger("uvicorn.error").setLevel("WARNING")
