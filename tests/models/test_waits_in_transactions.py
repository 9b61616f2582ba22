"""The check that nothing waits inside a transaction finds what waits."""

import socket
import threading
import time
from collections.abc import Callable

import pytest

from models.accounts.user import hash_password
from models.database import db
from tests import transactions


def connect() -> None:
    with socket.socket() as client:
        client.connect(("127.0.0.1", 9))


WAITS: dict[str, Callable[[], object]] = {
    "socket.connect": connect,
    "socket.getaddrinfo": lambda: socket.getaddrinfo("shop.example", 443),
    "sleep": lambda: time.sleep(0),
    "start": lambda: threading.Thread(target=int).start(),
    "hash_secret": lambda: hash_password("a quiet saturday"),
}


@pytest.mark.parametrize("name", WAITS)
def test_wait_in_a_transaction_fails(name: str) -> None:
    with db.atomic(), pytest.raises(transactions.WaitInTransactionError):
        WAITS[name]()
    assert len(transactions.found) == 1
    transactions.found.clear()


def test_wait_outside_a_transaction_passes() -> None:
    time.sleep(0)
    assert not transactions.found
