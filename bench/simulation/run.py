"""Runs the simulation in steps of 100 ms of simulated time, and prints a table of waiting times and costs."""

import random
import time
from collections import defaultdict
from collections.abc import Callable
from statistics import mean, quantiles

from bench.growth.bulk_tables import numbers, run_plain
from models import clock
from models.database import connection, db
from models.delivery import claims
from models.delivery.attempt_request import AttemptRequest
from models.delivery.delivery import Delivery
from models.schema import migrate
from tasks.dispatcher import MAX_NEW_DEALERS, MAX_OLD_DEALERS, MAX_PROBES, QUANTUM
from tasks.in_flight import IN_FLIGHT_PER_THREAD, InFlight, ProcessAllowance
from tasks.ready_queue import ReadyQueue
from tests.cast import create_person

RATE = 1_000  # events per second
CAPACITY = 1_200  # attempts per second of all workers together
STEP_MS = 100
BACKLOG = 100_000
FAILING_EVERY = 100
NOISY = "dlr_n0"
COPIED = {"id": "'{prefix}_n' || n", "dealer_id": "'dlr_n' || n"}
FAILING = f"UPDATE endpoint SET consecutive_failures = 3, last_failure_at = 1 WHERE rowid % {FAILING_EVERY} = 0"


class Simulation:
    """One worker's view of all dealers, with a clock that moves in steps."""

    def __init__(self, dealers: int) -> None:
        self.dealers, self.at = dealers, int(time.time() * 1000)
        clock.wall_clock = lambda: self.at / 1000
        self.ready, self.in_flight = ReadyQueue(), InFlight(CAPACITY // 10 * IN_FLIGHT_PER_THREAD)
        self.rng = random.Random(1)  # noqa: S311 - a simulation that repeats
        self.running: list[AttemptRequest] = []
        self.number = 0
        self.waits: dict[str, list[int]] = defaultdict(list)
        self.claim_seconds: list[tuple[float, int]] = []
        self.sweep_seconds: list[float] = []

    def fill(self) -> None:
        """Copy one dealer with one endpoint, and give the first copy a backlog."""
        person = create_person("Template")
        endpoint, _ = person.endpoint("https://198.51.100.1/hooks", mode="both", events=["*"])
        person.listing()
        self.template = Delivery.get().columns()
        Delivery.delete().execute()
        with db.atomic():
            for table, key in (("dealer", "dlr"), ("integration", ""), ("endpoint", "we")):
                self._copy(table, key, endpoint.id if table == "endpoint" else person.dealer.id)
            run_plain(FAILING)
            self._insert([NOISY] * BACKLOG)
        db.execute_sql("ANALYZE")

    def _copy(self, table: str, prefix: str, row_id: str) -> None:
        columns = [column.name for column in db.get_columns(table)]
        changed = {name: sql.format(prefix=prefix) for name, sql in COPIED.items() if name in columns}
        values = ", ".join(changed.get(name, f"t.{name}") for name in columns)
        numbered = numbers("0", str(self.dealers - 1))
        key = "dealer_id" if table == "integration" else "id"
        run_plain(f"INSERT INTO {table} {numbered} SELECT {values} FROM number, {table} t WHERE t.{key} = '{row_id}'")

    def _insert(self, dealer_ids: list[str]) -> None:
        rows = []
        for dealer_id in dealer_ids:
            self.number += 1
            ids = {"id": f"dlv_{self.number:024}", "dealer": dealer_id, "endpoint": f"we_n{dealer_id[5:]}"}
            rows.append({**self.template, **ids, "resource_id": None, "due_at": self.at, "created_at": self.at})
        for start in range(0, len(rows), 500):
            Delivery.insert_many(rows[start : start + 500]).execute()

    def step(self) -> None:
        """Complete what is in flight, record new events, and claim."""
        self._complete()
        self.at += STEP_MS
        dealers = [f"dlr_n{self.rng.randrange(1, self.dealers)}" for _ in range(RATE * STEP_MS // 1000)]
        with db.atomic():
            self._insert(dealers)
        self.ready.add_dealers(dealers)
        self._claim(CAPACITY * STEP_MS // 1000)

    def sweep(self) -> None:
        """Find due deliveries as the dispatcher does each second."""
        started_at = time.perf_counter()
        due = claims.find_endpoints_with_due()
        self.sweep_seconds.append(time.perf_counter() - started_at)
        self.ready.add_dealers(dict.fromkeys(endpoint.dealer_id for endpoint in due if not endpoint.is_failing))
        self.ready.add_failing(endpoint.id for endpoint in due if endpoint.is_failing)

    def _claim(self, places: int) -> None:
        while places > 0 and self.ready.has_dealers():
            dealer_ids = self.ready.take_dealers(MAX_NEW_DEALERS, min(MAX_OLD_DEALERS, max(1, places // QUANTUM)))
            quantum = max(QUANTUM, places // max(1, len(dealer_ids)))
            allowance = ProcessAllowance(self.in_flight, places, quantum, "wrk_1")
            places -= self._count(lambda: claims.claim_for_dealers(dealer_ids, allowance))  # noqa: B023 - called at once
            self.ready.return_dealers(dealer_ids, allowance.backlogged, allowance.cut_off)
            self.ready.return_turns(dealer_id for dealer_id in dealer_ids if dealer_id in allowance.unserved)
        endpoint_ids = self.ready.take_failing(min(MAX_PROBES, max(1, places)))
        allowance = ProcessAllowance(self.in_flight, MAX_PROBES, MAX_PROBES, "wrk_1")
        self._count(lambda: claims.claim_for_endpoints(endpoint_ids, allowance))

    def _count(self, claim: Callable[[], list[AttemptRequest]]) -> int:
        started_at = time.perf_counter()
        requests = claim()
        self.claim_seconds.append((time.perf_counter() - started_at, len(requests)))
        created = {
            row.id: row.created_at
            for row in Delivery.select(Delivery.id, Delivery.created_at).where(
                Delivery.id.in_([request.delivery_id for request in requests])
            )
        }
        for request in requests:
            self.in_flight.change(request, 1)
            name = "noisy" if request.dealer_id == NOISY else "failing" if request.is_failing else "quiet"
            self.waits[name].append(self.at - created[request.delivery_id])
        self.running += requests
        return len(requests)

    def _complete(self) -> None:
        for request in self.running:
            self.in_flight.change(request, -1)
        ids = [request.delivery_id for request in self.running]
        with db.atomic():
            Delivery.update(state="succeeded", completed_at=self.at).where(Delivery.id.in_(ids)).execute()
        self.ready.add_dealers({request.dealer_id for request in self.running if not request.is_failing})
        self.running = []


def run(dealers: int, seconds: int) -> None:
    """Simulate and print the table."""
    migrate()
    with connection():
        simulation = Simulation(dealers)
        simulation.fill()
        for step in range(seconds * 1000 // STEP_MS):
            if step % (1000 // STEP_MS) == 0:
                simulation.sweep()
            simulation.step()
    print(f"{dealers:,} dealers, {RATE:,} events/s for {seconds} s, {BACKLOG:,} due of one dealer.")
    for name, waits in sorted(simulation.waits.items()):
        percentiles = quantiles(waits, n=100) if len(waits) > 1 else waits * 99
        print(
            f"  {name:<8} {len(waits):>7,} claimed, waited {percentiles[49]:,.0f} ms p50, {percentiles[98]:,.0f} ms p99"
        )
    claimed = sum(count for _, count in simulation.claim_seconds)
    print(f"  claim    {sum(t for t, _ in simulation.claim_seconds) / claimed * 1e6:,.0f} µs per delivery")
    sweeps = simulation.sweep_seconds
    print(f"  sweep    {mean(sweeps) * 1000:,.0f} ms on average, {max(sweeps) * 1000:,.0f} ms at most")
