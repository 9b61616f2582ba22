"""Work that takes longer than a request may: in a thread of its own; its page tells how far it is."""

import logging
import threading
from collections.abc import Callable

from models.base import connection, db

log = logging.getLogger("wth.dashboard")


def start(name: str, work: Callable[[], None]) -> None:
    """Runs with a database connection. Should the process end first, the errand's page says that it was cut off."""
    threading.Thread(target=_run, args=(name, work), name=name, daemon=True).start()


def _run(name: str, work: Callable[[], None]) -> None:
    try:
        with connection():
            work()
    except Exception:
        log.exception("Work in the background stopped: %s", name)
    finally:
        if not db.is_closed():
            db.close()
