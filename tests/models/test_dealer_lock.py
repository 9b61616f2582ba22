"""The dealer's lock: times rise in commit order, whatever the clock does."""

import threading

from models.database import connection, db
from models.dealer import Dealer
from models.listing import Listing
from tests.cast import Cast
from tests.conftest import Clock
from tests.handlers.workload import create_listings, start_writer


def write_times(cast: Cast) -> list[int]:
    rows = Listing.select(Listing.updated_at).where(Listing.dealer == cast.owner.dealer).order_by(Listing.updated_at)
    return [row.updated_at for row in rows]


def test_writes_have_different_times_while_the_clock_stands_still(cast: Cast, clock: Clock) -> None:
    assert clock.time
    ids = create_listings(cast.owner, 20)
    assert len(set(write_times(cast))) == len(ids)


def test_times_rise_even_if_the_clock_goes_back(cast: Cast, clock: Clock) -> None:
    first = cast.owner.listing()
    clock.forward(-3600)
    second = cast.owner.listing()
    assert second.created_at > first.updated_at


def test_times_of_concurrent_writers_differ(cast: Cast, clock: Clock) -> None:
    assert clock.time
    create_listings(cast.owner, 30)
    for writer in [start_writer(cast.owner, seed, 25) for seed in range(4)]:
        writer.join(30)
    assert len(set(write_times(cast))) == len(write_times(cast))


def test_writer_waits_for_the_lock_and_gets_a_later_time(cast: Cast) -> None:
    first, second = (Dealer.get_by_id(cast.owner.dealer.id) for _ in range(2))
    order: list[tuple[str, int]] = []
    is_locked = threading.Event()

    def write() -> None:
        is_locked.wait(10)
        with connection(), second.locked() as at:
            order.append(("second", at))

    waiting = threading.Thread(target=write)
    waiting.start()
    with first.locked() as at:
        is_locked.set()
        waiting.join(0.1)
        assert waiting.is_alive()
        order.append(("first", at))
    waiting.join(10)
    assert [name for name, _ in order] == ["first", "second"]
    assert order[1][1] > order[0][1]


def test_rolled_back_write_changes_nothing_and_releases_the_lock(cast: Cast) -> None:
    dealer = cast.owner.actor().dealer
    before = Dealer.get_by_id(dealer.id).written_at
    try:
        with dealer.locked():
            raise KeyError
    except KeyError:
        pass
    assert Dealer.get_by_id(dealer.id).written_at == before
    with dealer.locked() as at:
        assert at > before
    assert not db.in_transaction()
