"""Fair turns to write: whose turn is next, and the pauses of owners whose transactions take long."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from models.database import connection, db
from models.dealer import Dealer
from models.sqlite import Sqlite
from models.write_turn import LONG_SECONDS, MAX_PAUSE_SECONDS, MEMORY_SECONDS, WriteTurn, owner_of_writes
from tests.cast import Cast

WAIT_SECONDS = 5.0
LONG = 10 * LONG_SECONDS

sqlite_only = pytest.mark.skipif(not isinstance(db, Sqlite), reason="only writers of SQLite take turns")


class Timer:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


class Writers:
    """Threads that wait for the turn and note in which order they get it."""

    def __init__(self, turn: WriteTurn) -> None:
        self.turn = turn
        self.order: list[str] = []
        self.threads: list[threading.Thread] = []

    def start(self, *names: str) -> None:
        """Start a thread for each name, in this order. The first letter of the name is the owner."""
        for name in names:
            self.threads.append(start(partial(self._write, name)))
            wait_until(lambda: count_waiting(self.turn) == len(self.threads))

    def join(self) -> list[str]:
        for thread in self.threads:
            thread.join(WAIT_SECONDS)
        return self.order

    def _write(self, name: str) -> None:
        self.turn.acquire(name[0], WAIT_SECONDS)
        self.order.append(name)
        self.turn.release()


def count_waiting(turn: WriteTurn) -> int:
    return sum(len(places) for places in list(turn._queues.values()))


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@contextmanager
def long_transaction(turn: WriteTurn, timer: Timer, owner: str, seconds: float = LONG) -> Iterator[None]:
    turn.acquire(owner, WAIT_SECONDS)
    yield
    timer.at += seconds
    turn.release(seconds)


def is_free_for(turn: WriteTurn, owner: str) -> bool:
    try:
        turn.acquire(owner, 0.0)
    except TimeoutError:
        return False
    turn.release()
    return True


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def turn(timer: Timer) -> WriteTurn:
    return WriteTurn(timer)


def test_owners_take_turns(turn: WriteTurn) -> None:
    writers = Writers(turn)
    turn.acquire("", WAIT_SECONDS)
    writers.start("a1", "a2", "a3", "b1", "c1", "b2")
    turn.release()
    assert writers.join() == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_one_thread_writes_at_a_time(turn: WriteTurn) -> None:
    turn.acquire("a", WAIT_SECONDS)
    assert not is_free_for(turn, "b")
    turn.release()
    assert is_free_for(turn, "b")


def test_waiting_ends_after_the_timeout_and_leaves_no_trace() -> None:
    turn = WriteTurn()
    turn.acquire("a", WAIT_SECONDS)
    with pytest.raises(TimeoutError):
        turn.acquire("b", 0.01)
    turn.release()
    assert is_free_for(turn, "c")
    assert not turn._queues


def test_thread_without_the_turn_cannot_release_it(turn: WriteTurn) -> None:
    turn.acquire("a", WAIT_SECONDS)
    other = threading.Thread(target=turn.release)
    other.start()
    other.join(WAIT_SECONDS)
    assert not is_free_for(turn, "b")
    turn.release()


def test_owner_of_a_long_transaction_pauses_for_as_long(turn: WriteTurn, timer: Timer) -> None:
    with long_transaction(turn, timer, "a"):
        pass
    timer.at += LONG * 0.9
    assert not is_free_for(turn, "a")
    assert is_free_for(turn, "b")
    timer.at += LONG * 0.2
    assert is_free_for(turn, "a")


def test_slow_owners_pause_together(turn: WriteTurn, timer: Timer) -> None:
    """Otherwise several of them would leave no pause for other processes."""
    for owner in ("a", "b"):
        with long_transaction(turn, timer, owner):
            pass
        timer.at += LONG * 1.1
    with long_transaction(turn, timer, "a"):
        pass
    assert [is_free_for(turn, owner) for owner in ("a", "b", "c")] == [False, False, True]


def test_short_transaction_does_not_end_the_slowness(turn: WriteTurn, timer: Timer) -> None:
    with long_transaction(turn, timer, "a"):
        pass
    timer.at += LONG * 1.1
    with long_transaction(turn, timer, "a", seconds=LONG_SECONDS / 2):
        pass
    with long_transaction(turn, timer, "b"):
        pass
    assert not is_free_for(turn, "a")


def test_owner_is_forgotten_after_a_while(turn: WriteTurn, timer: Timer) -> None:
    with long_transaction(turn, timer, "a"):
        pass
    timer.at += LONG + MEMORY_SECONDS
    with long_transaction(turn, timer, "b"):
        pass
    assert is_free_for(turn, "a")
    assert list(turn._slow_until) == ["b"]


def test_pause_is_limited(turn: WriteTurn, timer: Timer) -> None:
    with long_transaction(turn, timer, "a", seconds=60):
        pass
    timer.at += MAX_PAUSE_SECONDS
    assert is_free_for(turn, "a")


@pytest.mark.parametrize(("owner", "seconds"), [("", LONG), ("a", LONG_SECONDS / 2)])
def test_short_work_and_work_of_the_hub_cause_no_pause(
    turn: WriteTurn, timer: Timer, owner: str, seconds: float
) -> None:
    with long_transaction(turn, timer, owner, seconds):
        pass
    assert is_free_for(turn, owner)


def test_writers_that_pause_continue_by_themselves() -> None:
    turn = WriteTurn()
    writers = Writers(turn)
    turn.acquire("a", WAIT_SECONDS)
    writers.start("a1", "a2", "b1")
    time.sleep(0.05)
    turn.release(LONG_SECONDS)
    assert writers.join() == ["b1", "a1", "a2"]


def lock_and_fail(dealer: Dealer) -> None:
    with pytest.raises(KeyError), dealer.locked():
        raise KeyError


def nest(dealer: Dealer) -> None:
    with db.atomic(), dealer.locked(), db.atomic():
        pass


@sqlite_only
@pytest.mark.parametrize("write", [lock_and_fail, nest])
def test_turn_is_released_after_errors_and_nested_blocks(cast: Cast, write: Callable[[Dealer], None]) -> None:
    write(cast.owner.dealer)
    done: list[str] = []

    def write_in_thread() -> None:
        with connection(), cast.stranger.dealer.locked():
            done.append("written")

    thread = threading.Thread(target=write_in_thread, daemon=True)
    thread.start()
    thread.join(WAIT_SECONDS)
    assert done == ["written"]


@sqlite_only
def test_dealer_with_many_writers_lets_another_dealer_write_next(cast: Cast) -> None:
    assert isinstance(db, Sqlite)
    turn, is_over = db._turn, threading.Event()
    order: list[str] = []

    def write(name: str, dealer: Dealer, wait: Callable[[], object]) -> None:
        owner_of_writes.set(dealer.id)
        with connection(), Dealer.get_by_id(dealer.id).locked():
            order.append(name)
            wait()

    owner, stranger = cast.owner.dealer, cast.stranger.dealer
    holder = start(partial(write, "first", owner, lambda: is_over.wait(WAIT_SECONDS)))
    wait_until(lambda: bool(order))
    waiting = []
    for name, dealer in [("owner", owner)] * 4 + [("stranger", stranger)]:
        waiting.append(start(partial(write, name, dealer, lambda: None)))
        wait_until(lambda: count_waiting(turn) == len(waiting))
    is_over.set()
    for thread in (holder, *waiting):
        thread.join(WAIT_SECONDS)
    assert order[0] == "first"
    assert "stranger" in order[1:3]


def start(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
