"""Whatever happens: a resource's events reach a receiver forward in time, unless one was passed over."""

import time
from collections import defaultdict
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from errors import Refusal
from models import clock
from models.delivery import claims
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from tests.cast import create_person
from tests.receiver import Answer, Delivered, Receiver
from tests.tasks.traffic import deliveries, edit
from tests.worker import work_off

ANSWERS: list[Answer] = [200, 200, 200, 500, (503, {"Retry-After": "400"}), 302]


class Traffic(RuleBasedStateMachine):
    """One endpoint, three watches, a receiver of many moods, workers that die, a dealer who clicks."""

    receiver: Receiver

    @initialize()
    def open(self) -> None:
        self.time = time.time()
        clock.wall_clock = lambda: self.time
        self.person = create_person("Random Watches")
        self.watches = self.person.listings(3)
        self.endpoint, _ = self.person.endpoint(self.receiver.url)
        self.receiver.deliveries.clear()
        self.moods: list[Answer] = []
        self.receiver.answer = self._answer
        self.price = 0

    def _answer(self, _: Delivered) -> Answer:
        return self.moods.pop(0) if self.moods else 200

    @rule(which=st.integers(0, 2), times=st.integers(1, 3))
    def change(self, which: int, times: int) -> None:
        for _ in range(times):
            self.price += 1
            edit(self.person, self.watches[which], self.price)

    @rule(seconds=st.sampled_from([1, 6, 61, 331, 1900, 7300]), moods=st.lists(st.sampled_from(ANSWERS), max_size=6))
    def send(self, seconds: int, moods: list[Answer]) -> None:
        self.time += seconds
        self.moods = list(moods)
        work_off()

    @rule()
    def lose_a_worker(self) -> None:
        self.time += 1
        claims.claim_for_endpoints([self.endpoint.id])

    @precondition(lambda self: deliveries(self.endpoint))
    @rule(pick=st.integers(0, 99))
    def click_retry(self, pick: int) -> None:
        rows = deliveries(self.endpoint)
        with suppress(Refusal):  # an attempt is running, or it waits in line
            rows[pick % len(rows)].retry()

    @rule(is_paused=st.booleans())
    def pause_or_enable(self, is_paused: bool) -> None:
        endpoint = Endpoint.find(self.person.dealer, self.endpoint.id)
        endpoint.disable("Paused by the dealer.") if is_paused else endpoint.enable()

    @invariant()
    def one_delivery_of_a_watch_is_under_way(self) -> None:
        under_way = defaultdict(list)
        for row in deliveries(self.endpoint):
            if row.state in ("pending", "sending") and not row.is_passed:
                under_way[row.resource_id].append(row.sequence)
        assert all(len(sequences) == 1 for sequences in under_way.values()), dict(under_way)

    @invariant()
    def first_deliveries_of_a_watch_arrive_forward_in_time(self) -> None:
        passed = {row.event_id for row in deliveries(self.endpoint) if row.is_passed}
        latest: dict[str, int] = {}
        seen: set[str] = set()
        for request in self.receiver.deliveries:
            event = request.event
            if event["id"] in passed | seen:
                continue
            seen.add(event["id"])
            assert event["sequence"] > latest.get(event["data"]["id"], 0)
            latest[event["data"]["id"]] = event["sequence"]

    def teardown(self) -> None:
        """In the end everything that is not given up arrives, also what waited in line."""
        if not hasattr(self, "endpoint"):
            return
        Endpoint.find(self.person.dealer, self.endpoint.id).enable()
        self.moods = []
        for _ in range(2):
            self.time += 90_000
            work_off()
        assert {row.state for row in deliveries(self.endpoint)} <= {"succeeded", "failed"}


def test_order_per_watch_holds_through_failures_crashes_and_clicks(receiver: Receiver) -> None:
    Traffic.receiver = receiver
    chosen: Any = settings(
        max_examples=20,
        stateful_step_count=15,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Traffic, settings=chosen)
    assert Delivery.select().count() > 50
