"""Finds work that waits for others, or takes long, while a transaction holds the database.

An audit hook sees every connection and name lookup of the test process. Connections to the database itself are made by
libpq and SQLite, which Python does not audit.
"""

import sys
import threading
import time
import traceback
from typing import Any

from argon2 import _password_hasher

from models.database import db

AUDITED = frozenset({"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen"})
# Starting a thread counts: somebody waits for its result.
WRAPPED = (
    (time, "sleep"),
    (threading.Thread, "start"),
    (_password_hasher, "hash_secret"),
    (_password_hasher, "verify_secret"),
)

found: list[str] = []


class WaitInTransactionError(AssertionError):
    """Something waits or hashes inside a transaction."""


def watch_transactions() -> None:
    """Fail every such call in this process from now on, and keep its traceback in `found`."""
    sys.addaudithook(lambda event, _: _check(event) if event in AUDITED else None)
    for owner, name in WRAPPED:
        setattr(owner, name, _checked(getattr(owner, name)))


def _checked(function: Any) -> Any:
    def call(*args: Any, **options: Any) -> Any:
        _check(function.__name__)
        return function(*args, **options)

    return call


def _check(name: str) -> None:
    if db.in_transaction():
        found.append(f"{name} in a transaction:\n{''.join(traceback.format_stack(limit=12))}")
        raise WaitInTransactionError(name)
