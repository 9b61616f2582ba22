"""Background jobs: dealers take turns, and an interrupted import continues without writing a row twice."""

import pytest

from inventory.sheet import read_sheet
from models import batches
from models.delivery.event import Event
from models.jobs.job import DONE, IMPORT, MAX_RUNS, BackgroundJob
from models.jobs.queue import claim_next_job, has_waiting_jobs
from models.jobs.run import run_next_job
from models.listing import Listing
from models.listing_import import ImportResult, plan_all_or_nothing, write_rows
from tests.cast import Cast, Person
from tests.conftest import Clock

ROWS = 50
OPTIONS = {"overrides": {}, "publish": True, "all_or_nothing": False}


class KilledError(Exception):
    """Stands for the end of the process."""


@pytest.fixture(autouse=True)
def short_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write 20 rows per transaction, without pauses."""
    monkeypatch.setattr(batches, "TRANSACTION_SECONDS", 0)
    monkeypatch.setattr(batches, "PAUSE_SECONDS", 0)


def content(rows: int = ROWS, prefix: str = "S") -> bytes:
    lines = [f"{prefix}{number},Rolex,Model {number},5000" for number in range(rows)]
    return "\n".join(["SKU,Brand,Model,Price", *lines]).encode()


def start_import(person: Person, *, is_test: bool = True, file: bytes | None = None, **options: bool) -> BackgroundJob:
    job = BackgroundJob.create_draft(person.dealer, IMPORT, is_test=is_test, content=file or content())
    job.start(ROWS, {**OPTIONS, **options})
    return job


def run_and_kill(after: int) -> None:
    """Run the next job and kill it after some transactions."""
    transactions = []

    def count(dealer_id: str) -> None:
        transactions.append(dealer_id)
        if len(transactions) == after:
            raise KilledError

    with pytest.raises(KilledError):
        run_next_job(count)


def run(person: Person) -> None:
    assert run_next_job(lambda _: None), person


def stored(person: Person, *, is_test: bool = True) -> tuple[int, int]:
    """Count the listings and the events."""
    actor = person.actor(is_test=is_test)
    return Listing.of(actor).count(), Event.listed(actor).count()


def test_one_job_of_each_dealer_runs_and_two_in_all(cast: Cast) -> None:
    jobs = [start_import(person) for person in (cast.owner, cast.owner, cast.stranger)]
    claimed = [claim_next_job(), claim_next_job()]
    assert [job and job.id for job in claimed] == [jobs[0].id, jobs[2].id]
    assert claim_next_job() is None
    assert [BackgroundJob.get_by_id(job.id).is_queued for job in jobs] == [False, True, False]


def test_dealers_take_turns(cast: Cast, clock: Clock) -> None:
    jobs, order = [], []
    for person in (cast.owner, cast.owner, cast.owner, cast.stranger):
        clock.forward(1)
        jobs.append(start_import(person))
    for _ in jobs:
        clock.forward(1)
        run(cast.owner)
        order += [number for number, job in enumerate(jobs) if BackgroundJob.get_by_id(job.id).state == DONE]
        order = list(dict.fromkeys(order))
    assert order == [0, 3, 1, 2]
    assert claim_next_job() is None


@pytest.mark.parametrize("kills", [1, 2])
def test_interrupted_import_continues_and_writes_no_row_twice(cast: Cast, clock: Clock, kills: int) -> None:
    job = start_import(cast.owner, file=content().replace(b"S", b""))
    run_and_kill(kills)
    assert stored(cast.owner) == (20 * kills, 20 * kills)
    assert claim_next_job() is None, "the job may still be running"
    clock.forward(31)
    run(cast.owner)
    assert stored(cast.owner) == (ROWS, ROWS)
    finished = BackgroundJob.get_by_id(job.id)
    assert (finished.state, finished.outcome["imported"], finished.outcome["failed"]) == (DONE, ROWS, 0)


def test_all_or_nothing_import_that_was_interrupted_is_completed(cast: Cast, clock: Clock) -> None:
    cast.owner.go_live()
    updated = content(30, "U")
    start_import(cast.owner, is_test=False, file=updated, publish=False)
    run(cast.owner)
    both = updated.replace(b",5000", b",6000") + content(20, "N").partition(b"Price")[2]
    start_import(cast.owner, is_test=False, file=both, all_or_nothing=True)
    run_and_kill(2)
    clock.forward(31)
    run(cast.owner)
    assert stored(cast.owner, is_test=False) == (50, 50)
    assert Listing.select().where(Listing.asking_price_cents == 600_000).count() == 30


def test_worker_that_was_taken_for_dead_stops_when_another_one_has_continued(cast: Cast, clock: Clock) -> None:
    job = start_import(cast.owner)
    taken_over: list[bool] = []

    def pause(_: str) -> None:
        if not taken_over:
            taken_over.append(True)
            clock.forward(31)
            run(cast.owner)

    assert not run_next_job(pause)
    assert stored(cast.owner) == (ROWS, ROWS)
    assert BackgroundJob.get_by_id(job.id).outcome["imported"] == ROWS


def test_job_that_a_worker_of_an_earlier_build_runs_is_claimed_only_after_its_death(cast: Cast, clock: Clock) -> None:
    job = start_import(cast.owner)
    BackgroundJob.update(outcome={}).where(BackgroundJob.id == job.id).execute()
    for _ in range(2):
        assert claim_next_job() is None, "it saves nothing before its first rows"
        assert not has_waiting_jobs()
        clock.forward(60)
    clock.forward(1)
    assert has_waiting_jobs()
    run(cast.owner)
    assert stored(cast.owner) == (ROWS, ROWS)


def test_job_that_is_interrupted_again_and_again_is_abandoned(cast: Cast, clock: Clock) -> None:
    job = start_import(cast.owner)
    for _ in range(MAX_RUNS):
        assert claim_next_job() is not None
        clock.forward(31)
    assert claim_next_job() is None
    assert BackgroundJob.get_by_id(job.id).is_abandoned


def test_all_or_nothing_live_import_beyond_the_plan_writes_nothing(cast: Cast) -> None:
    limit = cast.owner.dealer.plan.inventory_limit
    job = start_import(cast.owner, is_test=False, file=content(limit + 1), all_or_nothing=True)
    run(cast.owner)
    assert stored(cast.owner, is_test=False) == (0, 0)
    assert BackgroundJob.get_by_id(job.id).outcome["failed"] == limit + 1


def test_inventory_that_fills_up_during_the_check_is_noticed_before_the_first_row(cast: Cast) -> None:
    actor, sheet, result = cast.owner.actor(is_test=False), read_sheet(content(250)), ImportResult()
    rows, atomic_rows = plan_all_or_nothing(actor, sheet, result, publish=True)
    assert (len(rows), atomic_rows, result.errors) == (250, 250, [])
    cast.owner.listing(is_test=False, published=False)
    assert list(write_rows(actor, rows, result, publish=True, atomic_rows=atomic_rows)) == [250]
    assert (result.imported, result.failed, stored(cast.owner, is_test=False)) == (0, 250, (1, 0))
