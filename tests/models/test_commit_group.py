"""Group commit on SQLite: what writes that share a transaction do to each other."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import config
from errors import Refusal
from models import call_queue
from models.dealer import Dealer
from models.write import GROUP, run_write
from models.write_turn import LONG_SECONDS
from tests.cast import Cast
from tests.handlers.database_conditions import concurrent_writer

pytestmark = pytest.mark.skipif(not config.is_sqlite(), reason="PostgreSQL has many writers, so it needs no group")

Work = Callable[[], tuple[Any, bool]]


def rename(dealer: Dealer, name: str) -> tuple[str, bool]:
    Dealer.update(name=name).where(Dealer.id == dealer.id).execute()
    return name, True


def name_of(dealer: Dealer) -> str:
    return str(Dealer.get_by_id(dealer.id).name)


def run_together(works: list[tuple[str, Work]], after_commit: Callable[[], None] = lambda: None) -> list[Any]:
    """Run works of owners that wait for the same turn; return their results and errors."""

    async def run() -> list[Any]:
        with concurrent_writer():
            calls = [
                asyncio.ensure_future(run_write(work, dealer_id=owner, after_commit=after_commit))
                for owner, work in works
            ]
            await asyncio.sleep(0)  # all of them have their place
        return await asyncio.gather(*calls, return_exceptions=True)

    return asyncio.run(run())


def test_waiting_writes_share_a_commit_and_a_wake_up(cast: Cast) -> None:
    assert GROUP is not None
    statements: list[str] = []
    GROUP.executor.submit(lambda: GROUP.sqlite.driver().set_trace_callback(statements.append)).result()
    calls: list[int] = []
    results = run_together(
        [(cast.owner.dealer.id, partial(rename, cast.owner.dealer, name)) for name in "abcd"], lambda: calls.append(1)
    )
    GROUP.executor.submit(lambda: GROUP.sqlite.driver().set_trace_callback(None)).result()
    assert results == ["a", "b", "c", "d"]
    assert statements.count("COMMIT") == 1
    assert calls == [1]
    assert name_of(cast.owner.dealer) == "d"


def test_failing_write_changes_nothing_and_costs_the_others_nothing(cast: Cast) -> None:
    def fail() -> tuple[None, bool]:
        rename(cast.owner.dealer, "undone")
        raise ValueError("broken")

    first, broken, last = run_together(
        [
            (cast.owner.dealer.id, partial(rename, cast.owner.dealer, "first")),
            (cast.owner.dealer.id, fail),
            (cast.stranger.dealer.id, partial(rename, cast.stranger.dealer, "last")),
        ]
    )
    assert (first, repr(broken), last) == ("first", "ValueError('broken')", "last")
    assert (name_of(cast.owner.dealer), name_of(cast.stranger.dealer)) == ("first", "last")


def test_all_writes_fail_if_sqlite_rolls_back_and_the_next_one_succeeds(cast: Cast) -> None:
    before = name_of(cast.owner.dealer)

    def lose_transaction() -> tuple[None, bool]:
        assert GROUP is not None
        GROUP.sqlite.driver().rollback()  # as SQLite does on a full disk
        return None, True

    dealer = cast.owner.dealer
    calls: list[int] = []
    results = run_together(
        [(dealer.id, partial(rename, dealer, "lost")), (dealer.id, lose_transaction)], lambda: calls.append(1)
    )
    assert [getattr(result, "code", None) for result in results] == ["service_unavailable"] * 2
    assert (name_of(dealer), calls) == (before, [])
    assert run_together([(dealer.id, partial(rename, dealer, "kept"))]) == ["kept"]
    assert name_of(dealer) == "kept"


def test_owners_take_turns() -> None:
    order: list[str] = []

    def note(name: str) -> tuple[None, bool]:
        order.append(name)
        return None, False

    run_together([(name[0], partial(note, name)) for name in ("a1", "a2", "a3", "b1", "c1", "b2")])
    assert order == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_long_write_ends_the_group_and_its_owner_writes_alone(cast: Cast) -> None:
    assert GROUP is not None

    def compute() -> tuple[None, bool]:
        GROUP.sqlite.execute_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 400000) SELECT count(*) FROM n"
        ).fetchone()
        return None, False

    slow, quick = cast.owner.dealer.id, cast.stranger.dealer.id
    run_together([(slow, compute), (quick, lambda: (None, False))])
    assert GROUP.sqlite.is_slow_writer(slow), f"takes less than {LONG_SECONDS} s"
    assert not GROUP.sqlite.is_slow_writer(quick)


def test_write_that_waits_too_long_gets_503(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_queue, "MAX_WAIT_SECONDS", 0.05)

    async def run() -> tuple[str, Any]:
        write = partial(run_write, dealer_id=cast.owner.dealer.id, after_commit=lambda: None)
        with concurrent_writer():
            first = asyncio.ensure_future(write(partial(rename, cast.owner.dealer, "first")))
            await asyncio.sleep(0)
            with pytest.raises(Refusal) as rejected:
                await write(partial(rename, cast.owner.dealer, "late"))
        return await first, rejected.value.code

    assert asyncio.run(run()) == ("first", "service_unavailable")
    assert name_of(cast.owner.dealer) == "first"
