"""Start of logging to standard error.

structlog is imported with the first line of a command, because most commands log none and should start fast.
"""

import logging
import sys
import threading
from importlib import import_module
from types import TracebackType

import config


class LazyFormatter(logging.Formatter):
    """Creates the formatter of the log pipeline for the first line."""

    pipeline: logging.Formatter | None = None

    def format(self, record: logging.LogRecord) -> str:
        if self.pipeline is None:
            self.pipeline = import_module("monitoring.log_pipeline").create_formatter()
        return self.pipeline.format(record)


def start_logging() -> None:
    """Configure logging from WTH_LOG_FORMAT and WTH_LOG_LEVEL.

    Libraries log warnings and errors only.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LazyFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("wth").setLevel(config.LOG_LEVEL.upper())
    logging.getLogger("uvicorn.error").setLevel("WARNING")


def start_process_logging() -> None:
    """Configure logging of a web process or a worker.

    It also logs what Python would print: warnings, and exceptions that nobody catches.
    """
    start_logging()
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda failed: _log_uncaught(failed.exc_type, failed.exc_value, failed.exc_traceback)


def _log_uncaught(kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None) -> None:
    if not issubclass(kind, (KeyboardInterrupt, SystemExit)):
        logging.getLogger("wth.process").critical("Unhandled exception.", exc_info=(kind, error or kind(), traceback))
