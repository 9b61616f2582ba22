"""Fair turns to write of several processes that share a SQLite file."""

import fcntl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import config
from models.database import connection, db
from models.dealer import Dealer
from models.process_turn import ProcessTurn
from models.sqlite import Sqlite
from tests.cast import Cast

WAIT_SECONDS = 10.0

# Two threads that write without a break, as the dispatcher and the recorder of a busy worker do.
BUSY_WRITER = """
import threading, time
from models.database import connection, db
from models.dealer import Dealer

def write():
    while True:
        with connection(), db.atomic():
            Dealer.update(created_at=Dealer.created_at + 1).execute()
            time.sleep(0.01)

threads = [threading.Thread(target=write, daemon=True) for _ in range(2)]
for thread in threads:
    thread.start()
print("writing", flush=True)
threads[0].join()
"""

DYING_WRITER = """
import os, sys
from pathlib import Path
from models.process_turn import ProcessTurn

ProcessTurn(Path(sys.argv[1])).acquire(0)
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def busy_writer() -> Iterator[None]:
    command = [sys.executable, "-c", BUSY_WRITER]
    with subprocess.Popen(command, cwd=config.ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        yield
        process.kill()


def count_foreign_writes() -> int:
    return int(Dealer.get().created_at)


@pytest.mark.skipif(not isinstance(db, Sqlite), reason="only writers of SQLite take turns")
@pytest.mark.parametrize("is_in_transaction", [True, False])
def test_writer_waits_for_few_transactions_of_a_busy_process(
    cast: Cast, busy_writer: None, is_in_transaction: bool
) -> None:
    waited = []
    for number in range(20):
        with connection():
            before = count_foreign_writes()
            if is_in_transaction:
                with db.atomic():
                    after = count_foreign_writes()
                    Dealer.update(name=f"Dealer {number}").execute()
            else:
                Dealer.update(name=f"Dealer {number}").execute()
                after = count_foreign_writes()
        waited.append(after - before)
    assert max(waited) <= 4, waited


def test_process_that_waits_is_next(tmp_path: Path) -> None:
    busy, waiting = ProcessTurn(tmp_path / "hub.db"), ProcessTurn(tmp_path / "hub.db")
    busy.acquire(0)
    thread = threading.Thread(target=waiting.acquire, args=(WAIT_SECONDS,))
    thread.start()
    while is_free(tmp_path / "hub.db-next"):
        pass
    busy.release()
    with pytest.raises(TimeoutError):
        busy.acquire(0)
    thread.join(WAIT_SECONDS)
    waiting.release()
    busy.acquire(0)


def is_free(path: Path) -> bool:
    """Return True if nobody waits."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_turn_of_a_process_that_died_is_free(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    dying = subprocess.run([sys.executable, "-c", DYING_WRITER, str(path)], cwd=config.ROOT, check=False)
    assert dying.returncode == -9
    ProcessTurn(path).acquire(0)
