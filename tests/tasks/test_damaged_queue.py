"""Damaged queue file: it is set aside and recreated, at start and while it is used."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from huey import Huey

import config
from tasks.queues.sqlite import open_queue
from tests.damage import DAMAGES, set_aside, write_garbage


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(config, "QUEUE_URL", f"sqlite://{tmp_path}/queue.db")
    return tmp_path / "queue.db"


def exchange(sender: Huey, reader: Huey) -> bytes | None:
    """Send a message and return what arrives."""
    sender.storage.enqueue(b"wake")
    message: bytes | None = reader.storage.dequeue()
    return message


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_file_is_replaced_while_two_processes_use_it(
    file: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    web, worker = open_queue("q"), open_queue("q")
    assert exchange(web, worker) == b"wake"
    DAMAGES[damage](file)
    assert open_queue("q").storage.queue_size() == 0
    assert [exchange(web, worker) for _ in range(3)] == [b"wake"] * 3
    assert len(set_aside(file)) == (damage != "deleted")
    assert caplog.text.count("is damaged") == (damage != "deleted")
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_file_is_replaced_at_start(file: Path, damage: str) -> None:
    open_queue("q").storage.close()
    DAMAGES[damage](file)
    restarted = open_queue("q")
    assert exchange(restarted, restarted) == b"wake"
    assert len(set_aside(file)) == (damage != "deleted")


def test_processes_that_find_the_damage_together_set_one_file_aside(file: Path) -> None:
    queues = [open_queue("q") for _ in range(4)]
    write_garbage(file)
    together = Barrier(5)

    def start(queue: Huey | None) -> None:
        together.wait()
        (queue or open_queue("q")).storage.enqueue(b"wake")

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(start, [*queues, None]))
    assert open_queue("q").storage.queue_size() == 5
    assert len(set_aside(file)) == 1
